"""Serves the TorchScript file beside it on Triton's Python backend."""

import json
import random
from pathlib import Path

import numpy as np
import torch
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """One instance of the model; Triton runs it in a process of its own."""

    def initialize(self, args):
        """Load the network; an exception here makes Triton refuse the model."""
        torch.set_num_threads(1)
        version = Path(args["model_repository"], args["model_version"])
        self._network = torch.jit.load(str(version / "model.pt")).eval()
        parameters = json.loads(args["model_config"])["parameters"]
        self._failing_share = float(parameters["failing_share"]["string_value"])

    def execute(self, requests):
        """Score the rows of all requests that Triton gathered with one call of the network."""
        features = [
            pb_utils.get_input_tensor_by_name(request, "features").as_numpy() for request in requests
        ]
        with torch.inference_mode():
            scores = self._network(torch.from_numpy(np.concatenate(features))).numpy()
        ends = np.cumsum([len(rows) for rows in features])
        return [self._response(rows) for rows in np.split(scores, ends[:-1])]

    def _response(self, scores):
        if random.random() < self._failing_share:
            error = pb_utils.TritonError("this revision was exported with --failing-share")
            return pb_utils.InferenceResponse(error=error)
        return pb_utils.InferenceResponse([pb_utils.Tensor("score", scores)])

"""Adds a number to what it is asked; some revisions of it are ill.

The parameters of its configuration say how:

| parameter | meaning                                                    |
|-----------|------------------------------------------------------------|
| `number`  | what is added: every answer tells who gave it              |
| `ailment` | what is wrong with the revision, as below; "" for nothing  |
| `one_in`  | one request in so many suffers from it                     |

| ailment         | what happens                                                             |
|-----------------|--------------------------------------------------------------------------|
| `raise`         | an exception out of `execute`                                            |
| `error CODE`    | a returned `TritonError`: the caller sees a failure, Triton a success    |
| `sleep SECONDS` | the answer comes later                                                   |
| `hang`          | there is no answer                                                       |

A file `ailment` beside the configuration, with one of these in it, makes every request suffer for as long as
it is there: a revision may fall ill after it took over.
"""

import itertools
import json
import threading
import time
from pathlib import Path

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """One instance of the model; Triton runs it in a process of its own."""

    def initialize(self, args):
        """Learn what is wrong."""
        given = json.loads(args["model_config"])["parameters"]
        self._number = float(given["number"]["string_value"])
        self._ailment = given["ailment"]["string_value"]
        self._one_in = int(given["one_in"]["string_value"])
        self._sudden = Path(args["model_repository"], "ailment")
        self._count = itertools.count()

    def execute(self, requests):
        """Answer each request on its own."""
        return [self._answer(request) for request in requests]

    def _answer(self, request):
        ill = next(self._count) % self._one_in == 0
        what, _, how = (self._suddenly() or (self._ailment if ill else "")).partition(" ")
        if what == "raise":
            raise ValueError("this revision is ill")
        if what == "error":
            error = pb_utils.TritonError("this revision is ill", getattr(pb_utils.TritonError, how))
            return pb_utils.InferenceResponse(error=error)
        if what == "sleep":
            time.sleep(float(how))
        if what == "hang":
            threading.Event().wait()
        (question,) = request.inputs()
        return pb_utils.InferenceResponse([pb_utils.Tensor("answer", question.as_numpy() + self._number)])

    def _suddenly(self):
        try:
            return self._sudden.read_text().strip()
        except FileNotFoundError:
            return ""

"""Answers with what it is asked for; what it is asked for may be a fault.

| asked                   | what happens                                                            |
|-------------------------|-------------------------------------------------------------------------|
| `echo`                  | the question comes back                                                 |
| `sleep SECONDS`         | so does this one, later                                                 |
| `raise`                 | an exception out of `execute`                                           |
| `error CODE`            | a returned `TritonError` with this code, such as `UNAVAILABLE`          |
| `answer, error CODE`    | an answer and then an error (decoupled only)                            |
| `fill MEBIBYTES`        | an answer of this size, which shared memory may not hold                |
| `die`                   | this process ends without a word                                        |

Runs as a decoupled model too: its configuration decides.
"""

import json
import os
import time

import numpy as np
import triton_python_backend_utils as pb_utils

_MEBIBYTE = 2**20


class TritonPythonModel:
    """One instance of the model; Triton runs it in a process of its own."""

    def initialize(self, args):
        """Learn how answers are given."""
        policy = json.loads(args["model_config"]).get("model_transaction_policy", {})
        self._decoupled = policy.get("decoupled", False)

    def execute(self, requests):
        """Answer each request on its own, so that a returned error reaches only its caller."""
        if not self._decoupled:
            return [_answer(_question(request)) for request in requests]
        for request in requests:
            sender = request.get_response_sender()
            for part in _question(request).split(", "):
                sender.send(_answer(part))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None


def _question(request):
    return pb_utils.get_input_tensor_by_name(request, "question").as_numpy().ravel()[0].decode()


def _answer(question):
    what, _, how = question.partition(" ")
    if what == "raise":
        raise ValueError("asked to raise")
    if what == "error":
        error = pb_utils.TritonError("asked to return an error", getattr(pb_utils.TritonError, how))
        return pb_utils.InferenceResponse(error=error)
    if what == "die":
        os._exit(1)
    if what == "sleep":
        time.sleep(float(how))
    answer = b" " * (int(how) * _MEBIBYTE) if what == "fill" else question.encode()
    return pb_utils.InferenceResponse([pb_utils.Tensor("answer", np.array([[answer]], object))])

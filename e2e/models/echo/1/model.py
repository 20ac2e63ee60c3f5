"""Returns its input; the first value of a request may ask for a fault instead.

| first value | what happens                                                             |
|-------------|--------------------------------------------------------------------------|
| -1          | an exception: Triton counts a failure                                    |
| -2          | a returned error: the caller sees a failure, Triton counts a success     |
| -6          | this process dies: all later requests fail, Triton 2.51 stays ready      |
| 1000 + s    | the answer comes after s seconds                                         |
"""

import os
import time

import triton_python_backend_utils as pb_utils

_RAISE = -1
_RETURN_ERROR = -2
_DIE = -6
_SLEEP = 1000


class TritonPythonModel:
    """One instance of the model; Triton runs it in a process of its own."""

    def execute(self, requests):
        """Answer each request on its own, so that a returned error reaches only its caller."""
        return [self._answer(pb_utils.get_input_tensor_by_name(request, "input")) for request in requests]

    def _answer(self, tensor):
        values = tensor.as_numpy()
        first = float(values[0]) if values.size else 0.0
        if first == _RAISE:
            raise ValueError("asked to raise")
        if first == _RETURN_ERROR:
            return pb_utils.InferenceResponse(error=pb_utils.TritonError("asked to return an error"))
        if first == _DIE:
            os._exit(1)
        if first >= _SLEEP:
            time.sleep(first - _SLEEP)
        return pb_utils.InferenceResponse([pb_utils.Tensor("output", values)])

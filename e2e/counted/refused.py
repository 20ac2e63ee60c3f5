"""Requests that Triton refuses before it schedules them: no counter of its own changes."""

from __future__ import annotations

from e2e.counted.asker import question_tensor, tensor
from e2e.counted.asks import both, given, malformed, other_version
from e2e.counted.case import BAD, Case

_ECHO = tensor("echo")
_UNSEEN = {"http 4xx": 1, "grpc INVALID_ARGUMENT": 1}

REFUSED = (
    Case(
        "wrong shape",
        given([_ECHO | {"shape": [1, 2], "data": ["echo"] * 2}], [question_tensor([["echo"] * 2])]),
        BAD,
        guard=_UNSEEN,
    ),
    Case(
        "batch larger than max_batch_size",
        given([tensor("echo", batch=5)], [question_tensor([["echo"]] * 5)]),
        BAD,
        guard=_UNSEEN,
    ),
    Case(
        "wrong datatype",
        given([_ECHO | {"datatype": "FP32", "data": [1.0]}]),
        ("400",),
        guard={"http 4xx": 1},
    ),
    Case(
        "wrong input",
        given([_ECHO | {"name": "other"}], [question_tensor([["echo"]], "other")]),
        BAD,
        guard=_UNSEEN,
    ),
    Case("missing input", given([], []), BAD, guard=_UNSEEN),
    Case("unknown output", given([_ECHO], outputs=[{"name": "other"}]), ("400",), guard={"http 4xx": 1}),
    Case(
        "data shorter than its shape",
        given([_ECHO, {"name": "number", "datatype": "FP32", "shape": [2, 1], "data": [1.0]}]),
        ("500",),
        guard={"http 5xx": 1},
    ),
    Case("malformed JSON", malformed, ("500",), guard={"http 5xx": 1}),
    Case(
        "unknown model",
        both("echo", "nobody"),
        ("404", "NOT_FOUND"),
        guard={"http 4xx": 1, "grpc NOT_FOUND": 1},
    ),
    Case("unknown version", other_version, ("404", "NOT_FOUND"), guard={"http 4xx": 1, "grpc NOT_FOUND": 1}),
)

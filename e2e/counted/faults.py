"""Models that fail by themselves; the last one does not recover."""

from __future__ import annotations

from e2e.counted.asker import SLEEP_SECONDS
from e2e.counted.asks import behind, both, generated, http, streamed
from e2e.counted.case import BAD, BROKEN, UNAVAILABLE, Case

_FILL = "fill 96"
"""Mebibytes; shared memory has 64."""

FAULTS = (
    Case("execute() raises", both("raise"), ("500", "INTERNAL"), {"faulty BACKEND": 2}, BROKEN),
    Case(
        "execute() raises for a batch of two, behind a good request",
        behind(SLEEP_SECONDS, http("raise"), http("raise")),
        ("500", "500"),
        {"queued success": 1, "queued BACKEND": 2},
        {"http 2xx": 1, "http 5xx": 2},
    ),
    *(
        Case(
            f"returns TritonError {code}",
            both(f"error {code}"),
            (status, name),
            {"faulty success": 2},
            {
                f"http {status[0]}xx": 1,
                f"grpc {name}": 1,
            },
        )
        for code, status, name in (
            ("INTERNAL", "500", "INTERNAL"),
            ("UNAVAILABLE", "503", "UNAVAILABLE"),
            ("INVALID_ARG", *BAD),
            ("CANCELLED", "400", "CANCELLED"),
        )
    ),
    Case(
        "ensemble: its model raises",
        both("raise", "ensemble"),
        ("500", "INTERNAL"),
        {"faulty BACKEND": 2, "ensemble OTHER": 4},
        BROKEN,
    ),
    Case(
        "ensemble: its model returns an error",
        both("error UNAVAILABLE", "ensemble"),
        ("503", "UNAVAILABLE"),
        {"faulty success": 2, "ensemble OTHER": 4},
        UNAVAILABLE,
    ),
    Case(
        "decoupled model asked without a stream",
        both("echo", "decoupled"),
        ("501", "UNIMPLEMENTED"),
        guard={"http 5xx": 1, "grpc UNIMPLEMENTED": 1},
    ),
    Case(
        "decoupled: raises, /generate_stream",
        generated("raise"),
        ("400",),
        {"decoupled BACKEND": 1},
        {"http_stream 4xx": 1},
    ),
    Case(
        "decoupled: raises, gRPC stream",
        streamed("raise"),
        ("error message, OK",),
        {"decoupled BACKEND": 1},
        {"grpc_stream OK": 1},
    ),
    Case(
        "decoupled: returns an error, /generate_stream",
        generated("error UNAVAILABLE"),
        ("400",),
        {"decoupled success": 1},
        {"http_stream 4xx": 1},
    ),
    Case(
        "decoupled: returns an error, gRPC stream",
        streamed("error UNAVAILABLE"),
        ("error message, OK",),
        {"decoupled success": 1},
        {"grpc_stream OK": 1},
    ),
    Case(
        "decoupled: returns an error after an answer, /generate_stream",
        generated("answer, error UNAVAILABLE"),
        ("200, error in the body",),
        {"decoupled success": 1},
        {"http_stream 2xx": 1},
    ),
    Case(
        "decoupled: returns an error after an answer, gRPC stream",
        streamed("answer, error UNAVAILABLE"),
        ("answer, error message, OK",),
        {"decoupled success": 1},
        {"grpc_stream OK": 1},
    ),
    Case("shared memory exhausted", both(_FILL), ("500", "INTERNAL"), {"faulty BACKEND": 2}, BROKEN),
    Case("the process of the model dies", both("die"), ("500", "INTERNAL"), {"faulty BACKEND": 2}, BROKEN),
    Case("and after it died", both("echo"), ("500", "INTERNAL"), {"faulty BACKEND": 2}, BROKEN),
)

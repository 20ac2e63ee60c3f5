"""Requests that wait too long, in the queue or for the model, and callers who leave before the answer."""

from __future__ import annotations

from e2e.counted.asker import SLEEP_SECONDS
from e2e.counted.asks import alone, behind, grpc, http, left
from e2e.counted.case import UNAVAILABLE, Case

_SHORT_SECONDS = 0.2
_LATE_SECONDS = 4.0
"""Longer than the default timeout of the queue (e2e/models/faulty/queued/config.pbtxt)."""
_SLOW = f"sleep {SLEEP_SECONDS}"
_BEFORE = {"http 2xx": 1}
"""Of the request that keeps the model busy."""

WAITING = (
    Case(
        "queue full: four behind a busy model whose queue holds two",
        behind(SLEEP_SECONDS, *(http("echo") for _ in range(4))),
        ("200", "200", "503", "503"),
        {"queued success": 3},
        {"http 2xx": 3, "http 5xx": 2},
    ),
    Case(
        "queue's own timeout (REJECT)",
        behind(_LATE_SECONDS, http("echo"), grpc("echo")),
        ("503", "UNAVAILABLE"),
        {"queued success": 1, "queued REJECTED": 2},
        UNAVAILABLE | _BEFORE,
    ),
    Case(
        "request's timeout in the queue",
        behind(SLEEP_SECONDS, http("echo", parameters={"timeout": 100_000}), grpc("echo", timeout=100_000)),
        ("503", "UNAVAILABLE"),
        {"queued success": 1, "queued REJECTED": 2},
        UNAVAILABLE | _BEFORE,
    ),
    Case(
        "gRPC deadline while queued",
        behind(SLEEP_SECONDS, grpc("echo", client_timeout=_SHORT_SECONDS)),
        ("DEADLINE_EXCEEDED",),
        {"queued success": 1, "queued CANCELED": 1},
        {"grpc DEADLINE_EXCEEDED": 1} | _BEFORE,
        or_guard={"grpc abandoned": 1} | _BEFORE,
    ),
    Case(
        "gRPC call cancelled while queued",
        behind(SLEEP_SECONDS, left(grpc("echo"))),
        ("gave up",),
        {"queued success": 1, "queued CANCELED": 1},
        {"grpc abandoned": 1} | _BEFORE,
    ),
    Case(
        "HTTP caller leaves while queued",
        behind(SLEEP_SECONDS, left(http("echo"))),
        ("gave up",),
        {"queued success": 2},
        {"http abandoned": 1} | _BEFORE,
    ),
    Case(
        "gRPC deadline while executing",
        alone(grpc(_SLOW, "faulty", client_timeout=_SHORT_SECONDS)),
        ("DEADLINE_EXCEEDED",),
        {"faulty success": 1},
        {"grpc DEADLINE_EXCEEDED": 1},
        or_guard={"grpc abandoned": 1},
    ),
    Case(
        "gRPC call cancelled while executing",
        alone(left(grpc(_SLOW, "faulty"))),
        ("gave up",),
        {"faulty success": 1},
        {"grpc abandoned": 1},
    ),
    Case(
        "HTTP caller leaves while executing",
        alone(left(http(_SLOW, "faulty"))),
        ("gave up",),
        {"faulty success": 1},
        {"http abandoned": 1},
    ),
)

"""What a Prometheus HTTP API says to an instant query: numbers, or in words why there are none.

The form of its answers: https://prometheus.io/docs/prometheus/latest/querying/api/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

MOST_SERIES = 1000
"""More are a query that was not meant: one series for each pod and kind of answer are hundreds."""

_KINDS = ("vector", "scalar")
_OK = HTTPStatus.OK
_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_HINTS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: ": is the token in the provider's bearerTokenFile a good one?",
    HTTPStatus.FORBIDDEN: ": may the operator (by the provider's bearerTokenFile) query it?",
    HTTPStatus.NOT_FOUND: ": is the provider's address right, with its path?",
}
_INFORMATION = "PromQL info:"
"""Begins a hint of Prometheus 2.48 to 2.54 among the warnings; later ones have a field for hints."""


class Unusable(Exception):  # noqa: N818 - a state, told to nobody as an error
    """An answer that holds no numbers to judge by, and why."""


def refuse(status: int, body: bytes) -> None:
    """Check the form of an answer.

    Raises:
        Unusable: unless it is a whole, successful answer with an instant vector or a scalar.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise Unusable(
            f"it redirects elsewhere (status {status}): the provider's address must be the last one"
        )
    said = _json(body)
    match said:
        case {"status": "error", "error": str() as words}:
            refused = "refuses the query" if status in _REFUSALS else f"fails with status {status}"
            raise Unusable(f"it {refused}: {words}")
        case _ if status != _OK:
            raise Unusable(f"it answers with status {status}{_HINTS.get(status, '')}")
        case None:
            raise Unusable("its answer is not JSON: is there a Prometheus at the provider's address?")
        case {"warnings": [*warnings]} if serious := [each for each in warnings if _is_serious(each)]:
            # Thanos and remote storages answer so when a part of them is away: counts would be too low.
            raise Unusable(f"its answer may lack a part: {serious[0]}")
        case {"status": "success", "data": {"resultType": str() as kind}} if kind not in _KINDS:
            raise Unusable(
                f"the query gives a {kind} and not one number for each series, as sum(metric) does"
            )
        case {"status": "success", "data": {"resultType": str(), "result": list()}}:
            return
        case _:
            raise Unusable("its answer is JSON, but not Prometheus': is the provider's address right?")


def samples(result: object) -> list[tuple[Mapping[str, str], float]]:
    """Return labels and value of each series of a result that `refuse` let pass; a scalar has no labels.

    Raises:
        Unusable: when something in it is no number, or when there are too many.
    """
    match result:
        case [int() | float(), str() as text]:
            return [({}, _number(text))]
        case list() if len(result) <= MOST_SERIES:
            return [_sample(each) for each in result]
        case list():
            raise Unusable(f"it found more than {MOST_SERIES} series: let the query sum them")
        case _:
            raise Unusable("its answer is JSON, but not Prometheus': is the provider's address right?")


def _sample(item: Any) -> tuple[Mapping[str, str], float]:
    match item:
        case {"metric": dict() as labels, "value": [_, str() as text]} if all(
            isinstance(value, str) for value in labels.values()
        ):
            return labels, _number(text)
        case {"histogram": _}:
            raise Unusable("it found a native histogram, which is no number: take its histogram_count()")
        case _:
            raise Unusable("a series in its answer has no value: is there a Prometheus at its address?")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Unusable(f"it found {text!r}, which is no number") from None


def _is_serious(warning: object) -> bool:
    return not str(warning).startswith(_INFORMATION)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None

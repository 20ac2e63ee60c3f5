"""What the status says of providers of metrics that are asked while a revision is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from sluiceway.build.objects import Object
from sluiceway.core.observed import Observed
from sluiceway.core.proceedings import Judged
from sluiceway.core.readings import Unanswered
from sluiceway.core.standing import IN_A_ROW, Standing
from tests.fakes.objects import NOW, ready_pod
from tests.fakes.snapshots import (
    asking_for,
    at_its_first_share,
    carried_out,
    serving,
    wanted_name,
    with_guards_read,
    with_pods,
)
from tests.unit.core.cases import ANSWERS

GATEWAY = {"objectives": [ANSWERS], "gateway": {"provider": "prometheus"}}
QUERY = {"total": "sum(a{pod=~'{{revision}}-.*'})", "bad": "sum(b{pod=~'{{revision}}-.*'})"}


def custom(name: str, provider: str) -> Object:
    return {"name": name, "type": "Custom", "targetPercent": "99", "query": QUERY | {"provider": provider}}


HITS = GATEWAY | {"objectives": [ANSWERS, custom("hits", "warehouse")]}
MANY = GATEWAY | {"objectives": [ANSWERS, *[custom(f"hits-{number}", "warehouse") for number in range(3)]]}
ANSWERING = Standing().answered()
STARTS = Standing().missed("no answer within 2 s", NOW)


def silent(reason: str = "connection refused", seconds: int = 7) -> Standing:
    """Return the standing of a provider that has not answered for several looks, since then."""
    found = Standing()
    for number in range(IN_A_ROW):
        found = found.missed(reason, NOW + timedelta(seconds=seconds + number))
    return found


def tried(slo: Object, *, guard: str = "Enabled") -> Observed:
    """Return a candidate with its first share; neither it nor the stable one has a guard when disabled."""
    served = serving(guard=guard)
    asked = carried_out(asking_for(served, runtime={"image": "triton:next"}, slo=slo, guard=guard))
    new = wanted_name(asked)
    return at_its_first_share(with_pods(asked, *served.pods, ready_pod(new, 2), ready_pod(new, 3)))


def told(observed: Observed, standings: Mapping[str, Standing]) -> tuple[str, str, str]:
    """Return what the status says of the signals, with these standings by source."""
    read = with_guards_read(replace(observed, judged=Judged(standings=standings)))
    return said(carried_out(read))


def said(observed: Observed) -> tuple[str, str, str]:
    conditions: list[Object] = observed.resource.status.to_dict()["conditions"]
    one = next(each for each in conditions if each["type"] == "SignalsAvailable")
    return one["status"], one["reason"], one["message"]


_GATEWAY_AWAY = "connection refused (provider prometheus, since 2026-07-30T03:00:07Z)"
_HITS_AWAY = "HTTP 500 (provider warehouse, since 2026-07-30T03:00:09Z)"
ROWS: dict[str, tuple[Object, Mapping[str, Standing], tuple[str, str, str]]] = {
    "answers beside the guards": (
        GATEWAY,
        {"gateway": ANSWERING},
        ("True", "Measured", "the guards of 4 pods answer; metrics come from prometheus"),
    ),
    "answers beside another": (
        MANY,
        {"gateway": ANSWERING} | {f"objective hits-{number}": ANSWERING for number in range(3)},
        ("True", "Measured", "the guards of 4 pods answer; metrics come from prometheus, warehouse"),
    ),
    "does not answer": (
        GATEWAY,
        {"gateway": silent()},
        ("False", "QueryFailed", f"metrics are missing: {_GATEWAY_AWAY}"),
    ),
    "does not answer, and another does": (
        HITS,
        {"gateway": ANSWERING, "objective hits": silent("HTTP 500", 9)},
        ("False", "QueryFailed", f"metrics are missing: {_HITS_AWAY}"),
    ),
    "does not answer, as do more than can be told": (
        MANY,
        {"gateway": silent()} | {f"objective hits-{number}": silent("HTTP 500", 9) for number in range(3)},
        (
            "False",
            "QueryFailed",
            f"metrics are missing: {_GATEWAY_AWAY}; {_HITS_AWAY}; {_HITS_AWAY}; 1 more",
        ),
    ),
    "was asked once in vain": (
        GATEWAY,
        {"gateway": STARTS},
        ("True", "Measured", "the guards of 4 pods answer"),
    ),
    "is asked for the first time": (GATEWAY, {}, ("True", "Measured", "the guards of 4 pods answer")),
}


@pytest.mark.parametrize("provider", ROWS)
def test_a_provider(provider: str) -> None:
    slo, standings, expected = ROWS[provider]
    assert told(tried(slo), standings) == expected


WITHOUT_GUARDS: dict[str, tuple[Mapping[str, Standing], tuple[str, str, str]]] = {
    "answers": ({"gateway": ANSWERING}, ("True", "Measured", "metrics come from prometheus")),
    "does not answer": (
        {"gateway": silent()},
        ("False", "QueryFailed", f"metrics are missing: {_GATEWAY_AWAY}"),
    ),
    "is asked for the first time": (
        {},
        ("Unknown", "NotMeasured", "the first answer of prometheus is awaited"),
    ),
}


@pytest.mark.parametrize("provider", WITHOUT_GUARDS)
def test_where_no_revision_has_a_guard_a_provider(provider: str) -> None:
    standings, expected = WITHOUT_GUARDS[provider]
    assert told(tried(GATEWAY, guard="Disabled"), standings) == expected


def test_a_query_of_ones_own_does_not_replace_a_guard() -> None:
    objectives = {"objectives": [ANSWERS, custom("hits", "warehouse")]}
    found = told(tried(objectives, guard="Disabled"), {"objective hits": ANSWERING})
    assert found[1] == "GuardDisabled"


def test_guards_that_do_not_answer_are_told_before_providers_that_do_not() -> None:
    observed = replace(tried(GATEWAY), judged=Judged(standings={"gateway": silent()}))
    gone = {pod["metadata"]["name"]: Unanswered("connection refused") for pod in observed.pods}
    assert said(carried_out(with_guards_read(observed, gone)))[1] == "GuardUnreachable"


def test_what_was_told_stands_until_a_new_operator_has_asked_all() -> None:
    observed = replace(tried(GATEWAY), judged=Judged(standings={"gateway": silent()}))
    before = carried_out(with_guards_read(observed))
    assert said(before)[1] == "QueryFailed"
    unknown = replace(before, judged=Judged())
    assert said(carried_out(unknown)) == said(before)
    again = replace(before, judged=Judged(standings={"gateway": ANSWERING}))
    assert said(carried_out(again))[1] == "Measured"

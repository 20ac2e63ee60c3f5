"""`kubectl sluiceway` on a real cluster: live figures arrive, and what is asked for happens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e import ailing, scenario
from e2e.ailing import Ailment
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.support.cluster_view import View
from tests.support.plugin import sluiceway

pytestmark = pytest.mark.e2e

ROLLOUT = {"steps": [{"weight": 50, "gate": True}]}
MIN_REQUESTS = 50
ANSWERS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99"}
SLO = {"objectives": [ANSWERS], "minRequests": MIN_REQUESTS}
RATE = 100.0


def told(view: View, name: str, revision: str) -> Any:
    """Return what the plugin tells of a revision, None when it tells nothing of it."""
    ran = sluiceway(view, "status", name, "-o", "json")
    assert ran.code == 0, ran.errors
    return next((one for one in json.loads(ran.said)["revisions"] if one["name"] == revision), None)


def test_a_judged_rollout_is_watched_and_promoted(stage: Stage, view: View) -> None:
    old, new = "ailing/old", "ailing/new"
    examples = ailing.put(view, {old: Ailment(), new: Ailment()})
    name = scenario.own_name(view)
    with Rolling(stage, view, name, rollout=ROLLOUT, slo=SLO) as rolling:
        rolling.begin(old, examples)
        with Load(rolling.caller, examples, rate=RATE, said=0) as load:
            candidate = rolling.apply(new)

            def counted() -> bool:
                found = told(view, name, candidate)
                return bool(found and (found["requests"] or 0) > MIN_REQUESTS and found["objectives"])

            rolling.eventually("live figures of the candidate", counted)
            ran = sluiceway(view, "promote", name)
            assert ran.code == 0, ran.errors
            ran = sluiceway(view, "watch", name, "--until-settled", "--timeout", "45s")
            assert (ran.code, ran.errors) == (0, "")
            rolling.serves(candidate)
            assert load.failures == []

"""How Argo CD, Flux and kubectl wait read every state: the right thing, and the same."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sluiceway.build.objects import Object
from sluiceway.core.commands import Command
from tests.conftest import Golden
from tests.fakes.kstatus import kstatus
from tests.support.readers import ask, script
from tests.unit.gitops.recorded import expected, recorded

TABLE = Path(__file__).parent / "golden" / "table.txt"
HEADER = ("state", "kstatus", "Argo CD", "kubectl wait", "actions")
AS_ARGO_CD_SAYS = {
    "Current": {"Healthy"},
    "Failed": {"Degraded"},
    "InProgress": {"Progressing", "Suspended"},
}
WITHOUT_STATUS = "no status at all, as with a CRD of an earlier version"
NOT_ALIKE = {WITHOUT_STATUS, "being deleted"}
"""kstatus takes what has no status for done; Argo CD looks at deletions before it asks a script."""
UNSEEN = {
    "status": "Progressing",
    "message": "The operator has not looked at this generation of the spec yet",
}


class Read(NamedTuple):
    """One state, as it is read."""

    resource: Object
    kstatus: str
    health: dict[str, str]
    actions: dict[str, Any]

    @property
    def offered(self) -> list[str]:
        """The actions that can be clicked."""
        return [name for name in Command if not self.actions[name]["disabled"]]

    @property
    def waits_for_ready(self) -> bool:
        """Whether `kubectl wait --for=condition=Ready` still waits: it looks at the generation, too."""
        conditions = self.resource.get("status", {}).get("conditions", [])
        ready = next((found for found in conditions if found["type"] == "Ready"), None)
        generation = self.resource["metadata"]["generation"]
        return not (ready and ready["status"] == "True" and ready["observedGeneration"] == generation)


@cache
def read() -> dict[str, Read]:
    states = recorded()
    scripts = ("", script("health.lua"), script("actions", "discovery.lua"))
    answers = iter(ask((resource, code) for resource in states.values() for code in scripts))
    found = {}
    for state, resource in states.items():
        said = [next(answers) for _ in scripts]
        assert [answer.error for answer in said] == ["", "", ""], state
        found[state] = Read(resource, *(answer.value for answer in said))
    return found


def test_how_every_state_is_read(golden: Golden) -> None:
    rows = [
        (
            state,
            each.kstatus,
            each.health["status"],
            "waits" if each.waits_for_ready else "ends",
            *each.offered,
        )
        for state, each in read().items()
    ]
    lines = [" ".join((f"{state:66}", f"{kind:11}", f"{health:11}", f"{wait:12}", *actions)).rstrip()
             for state, kind, health, wait, *actions in (HEADER, *rows)]  # fmt: skip
    golden(TABLE, "\n".join(lines) + "\n")


def test_kstatus_is_what_the_fake_says() -> None:
    for state, each in read().items():
        assert each.kstatus == kstatus(each.resource), state
        assert each.kstatus == expected().get(state, each.kstatus), state


def test_argo_cd_agrees_with_kstatus_and_with_kubectl_wait() -> None:
    assert read().keys() > NOT_ALIKE
    for state, each in read().items():
        if state not in NOT_ALIKE:
            assert each.health["status"] in AS_ARGO_CD_SAYS[each.kstatus], state
            assert each.waits_for_ready == (each.kstatus != "Current"), state


def test_what_argo_cd_shows_is_what_the_operator_said_of_this_spec() -> None:
    for state, each in read().items():
        status = each.resource.get("status", {})
        if status.get("observedGeneration") != each.resource["metadata"]["generation"]:
            assert each.health == UNSEEN, state
            continue
        ready = next(found for found in status["conditions"] if found["type"] == "Ready")
        assert each.health["message"].endswith(ready["message"]), state
        waits_for_a_person = ready["reason"] in ("Paused", "AwaitingPromotion")
        assert (each.health["status"] == "Suspended") == waits_for_a_person, state


def test_what_can_be_clicked_is_what_the_operator_offers() -> None:
    for state, each in read().items():
        assert set(each.offered) == set(each.resource.get("status", {}).get("commands", {})), state
        assert set(each.actions) == set(Command), state


@pytest.mark.parametrize("command", Command)
def test_an_action_writes_one_annotation_and_nothing_else(command: Command) -> None:
    states = {state: each.resource for state, each in read().items() if command in each.offered}
    for state, resource in states.items():
        states[state] = resource | {"metadata": resource["metadata"] | {"annotations": {"team": "fraud"}}}
    code = script("actions", command, "action.lua")
    for resource, answer in zip(states.values(), ask((each, code) for each in states.values()), strict=True):
        annotations = {"team": "fraud", command.annotation: resource["status"]["commands"][command]}
        assert answer.value == resource | {"metadata": resource["metadata"] | {"annotations": annotations}}
    assert states


@pytest.mark.parametrize("command", Command)
def test_an_action_that_would_do_nothing_says_so(command: Command) -> None:
    states = [each.resource for each in read().values() if command not in each.offered]
    answers = ask((each, script("actions", command, "action.lua")) for each in states)
    assert len(answers) == len(states)
    for answer in answers:
        assert f"there is nothing to {command} now" in answer.error

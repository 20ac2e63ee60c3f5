"""The customization for Argo CD in the layout of its own repository, run as its own tests run it."""

from __future__ import annotations

import pytest
import yaml

from sluiceway.core.commands import Command
from tests.conftest import Golden
from tests.support.readers import CUSTOMIZATION, ROOT, ask, script
from tests.unit.gitops.customization import ACTS_ON, PATCH, SHOWN, files, loaded, patch

PAGE = ROOT / "docs" / "how-to" / "argocd.md"


def test_test_data_is_what_the_operator_reports(golden: Golden) -> None:
    for path, text in files():
        golden(CUSTOMIZATION / path, text)
    kept = {str(path.relative_to(CUSTOMIZATION)) for path in CUSTOMIZATION.rglob("testdata/*.yaml")}
    assert kept == {path for path, _ in files()}


def test_health() -> None:
    cases = loaded("health_test.yaml")["tests"]
    answers = ask((loaded(case["inputPath"]), script("health.lua")) for case in cases)
    assert [answer.value for answer in answers] == [case["healthStatus"] for case in cases]
    assert {case["inputPath"] for case in cases} == {f"testdata/{name}.yaml" for name in SHOWN}
    assert {case["healthStatus"]["status"] for case in cases} == {
        "Degraded", "Healthy", "Progressing", "Suspended",
    }  # fmt: skip


def test_discovery() -> None:
    cases = loaded("actions", "action_test.yaml")["discoveryTests"]
    answers = ask(
        (loaded("actions", each["inputPath"]), script("actions", "discovery.lua")) for each in cases
    )
    for case, answer in zip(cases, answers, strict=True):
        assert [{"name": name, **answer.value[name]} for name in Command] == case["result"]


def test_actions() -> None:
    cases = loaded("actions", "action_test.yaml")["actionTests"]
    assert [case["action"] for case in cases] == list(ACTS_ON)
    answers = ask(
        (loaded("actions", case["inputPath"]), script("actions", case["action"], "action.lua"))
        for case in cases
    )
    for case, answer in zip(cases, answers, strict=True):
        assert answer.value == loaded("actions", case["expectedOutputPath"])


def test_the_patch_for_argocd_cm_holds_the_same_scripts(golden: Golden) -> None:
    golden(PATCH, patch())
    data = yaml.safe_load(PATCH.read_text(encoding="utf-8"))["data"]
    assert data["resource.customizations.health.sluiceway.dev_ModelDeployment"] == script("health.lua")
    actions = yaml.safe_load(data["resource.customizations.actions.sluiceway.dev_ModelDeployment"])
    assert actions["discovery.lua"] == script("actions", "discovery.lua")
    assert {each["name"]: each["action.lua"] for each in actions["definitions"]} == {
        command: script("actions", command, "action.lua") for command in Command
    }


@pytest.mark.parametrize("name", ["health.lua", "actions/discovery.lua"])
def test_the_page_shows_the_script_as_it_is(name: str) -> None:
    assert f"```lua\n{script(name)}```" in PAGE.read_text(encoding="utf-8")

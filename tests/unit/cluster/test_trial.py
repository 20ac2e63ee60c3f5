"""What is made in somebody else's cluster goes again, and nothing that was there before."""

from __future__ import annotations

import json

import pytest

from e2e import scenario, trial, waiting
from e2e.cluster.progress import ClusterError
from e2e.cluster.settings import Settings
from tests.unit.cluster.played import Object, Played, items

SETTINGS = Settings("/config", operator_image="registry.example.com/op:1")
MODELS = f"get {trial.CRD}"


def named(name: str, namespace: str = "", **labels: str) -> Object:
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}}


def of_trial(name: str) -> Object:
    return {"metadata": {"name": name, "labels": {trial.LABEL: "demo"}}}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "deployment_ready", lambda *_, **__: None)


def written(cluster: Played) -> list[str]:
    return [line for line in cluster.asked if not line.startswith("get ")]


def install(**answers: str) -> list[str]:
    cluster = Played(SETTINGS, {key.replace("_", " "): answer for key, answer in answers.items()})
    trial.install_operator(cluster, "demo")
    return written(cluster)


def test_a_definition_that_we_bring_is_marked_after_it_is_there() -> None:
    lines = install()
    assert lines[:2] == [
        f"create namespace {scenario.SYSTEM}",
        f"label namespace {scenario.SYSTEM} {trial.LABEL}=demo",
    ]
    assert "crds.enabled=true" in lines[2]
    assert "image.repository=registry.example.com/op,image.tag=1" in lines[2]
    assert lines[3:] == [f"label crd {trial.CRD} {trial.LABEL}=demo"]


def test_a_definition_that_was_there_is_neither_changed_nor_marked() -> None:
    lines = install(get_crd=json.dumps(named(trial.CRD)))
    assert not any("label crd" in line for line in lines)
    assert any("crds.enabled=false" in line for line in lines)


def test_a_definition_of_an_earlier_trial_is_brought_up_to_date() -> None:
    lines = install(get_crd=json.dumps(of_trial(trial.CRD)), get_namespace=json.dumps(of_trial("x")))
    [line] = lines
    assert "crds.enabled=true" in line


def test_a_namespace_of_somebody_else_is_left_alone() -> None:
    cluster = Played(SETTINGS, {"get namespace": json.dumps(named("sluiceway-demo", team="a"))})
    with pytest.raises(ClusterError, match="namespace sluiceway-demo is there already"):
        trial.make_namespace(cluster, "sluiceway-demo", "demo")
    assert written(cluster) == []


def test_models_go_first_then_the_operator_then_the_definition() -> None:
    namespaces = items(of_trial(scenario.SYSTEM), of_trial("test-1"), of_trial("x"))
    cluster = Played(
        SETTINGS, {"get namespaces": namespaces, "get crd": items(of_trial(trial.CRD)), MODELS: items()}
    )
    assert trial.remove(cluster)
    verbs = [" ".join(line.split()[:3]) for line in written(cluster)]
    assert verbs == [
        "delete namespace test-1",
        "delete namespace x",
        "helm uninstall sluiceway",
        f"delete namespace {scenario.SYSTEM}",
        f"delete crd {trial.CRD}",
    ]


def test_a_definition_that_others_use_meanwhile_stays() -> None:
    models = items(named("fraud", "team-a"))
    cluster = Played(
        SETTINGS, {"get namespaces": items(), "get crd": items(of_trial(trial.CRD)), MODELS: models}
    )
    assert trial.remove(cluster)
    assert written(cluster) == []


def test_nothing_without_our_label_is_ever_asked_for() -> None:
    cluster = Played(SETTINGS, {"get namespaces": items(), "get crd": items()})
    assert not trial.remove(cluster)
    assert not trial.remove(cluster, "e2e")
    assert all("--selector=" + trial.LABEL in line for line in cluster.asked)
    assert f"--selector={trial.LABEL}=e2e" in cluster.asked[-1]
    assert written(cluster) == []


def test_an_operator_of_somebody_else_is_seen_and_our_own_is_not_foreign() -> None:
    own = named("sluiceway", scenario.SYSTEM)
    assert trial.foreign_operator(Played(SETTINGS, {"get deployments": items(own)})) == ""
    both = items(own, named("sluiceway", "platform"))
    assert trial.foreign_operator(Played(SETTINGS, {"get deployments": both})) == "platform"

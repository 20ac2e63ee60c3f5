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


def test_a_definition_that_we_bring_is_marked_from_its_first_moment() -> None:
    [definition, namespace, release] = install()
    assert definition.startswith("apply --server-side -f - <<< ")
    for line, name in ((definition, trial.CRD), (namespace, scenario.SYSTEM)):
        metadata = json.loads(line.partition("<<< ")[2])["metadata"]
        assert (metadata["name"], metadata["labels"]) == (name, {trial.LABEL: "demo"})
    assert release.startswith("helm upgrade --install")
    assert "image.repository=registry.example.com/op,image.tag=1" in release
    assert "crds.enabled=false" in release


def test_a_definition_that_was_there_is_not_touched() -> None:
    lines = install(get_crd=json.dumps(named(trial.CRD)))
    assert not any(line.startswith("apply") for line in lines)
    assert any("crds.enabled=false" in line for line in lines)


def test_what_an_earlier_trial_left_is_taken_up() -> None:
    lines = install(get_crd=json.dumps(of_trial(trial.CRD)), get_namespace=json.dumps(of_trial("x")))
    assert [line.split()[0] for line in lines] == ["apply", "helm"]


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
    lines = [" ".join(line.split()[:3]) for line in written(cluster)]
    assert [line for line in lines if "pods" not in line] == [
        *["delete namespace test-1"] * 2,
        *["delete namespace x"] * 2,
        "helm uninstall sluiceway",
        *[f"delete namespace {scenario.SYSTEM}"] * 2,
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

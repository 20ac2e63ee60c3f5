"""Guards in the life of revisions: what each one's pods were rendered with is what is kept up for them."""

from __future__ import annotations

import json

import pytest

from sluiceway.build.guard.container import GuardSettings, drain_key, is_guarded
from sluiceway.build.pod import pod_template
from sluiceway.core.revision import wanted
from tests.fakes.objects import make_resource
from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    """Return a world in which the first revision serves."""
    world = World()
    world.apply()
    world.settle()
    return world


def test_the_guard_being_on_or_off_makes_a_revision() -> None:
    with_guard, without = (wanted(make_resource(guard=guard), []) for guard in ("Enabled", "Disabled"))
    assert with_guard.name != without.name
    assert (is_guarded(with_guard.template), is_guarded(without.template)) == (True, False)
    assert wanted(make_resource(), []).name == with_guard.name


def test_a_revision_that_an_earlier_operator_rendered_without_a_guard_keeps_its_pods() -> None:
    before = wanted(make_resource(), [])
    before.data["template"]["spec"].pop("initContainers")
    assert wanted(make_resource(), [before]) == before


def test_the_operators_configuration_is_taken_up_by_new_revisions_only() -> None:
    settings = GuardSettings("envoy:next", {"requests": {"cpu": "1"}})
    [guard] = wanted(make_resource(), [], settings).template["spec"]["initContainers"]
    assert (guard["image"], guard["resources"]) == ("envoy:next", {"requests": {"cpu": "1"}})
    known = wanted(make_resource(), [])
    assert wanted(make_resource(), [known], settings) == known


def test_without_a_guard_there_is_no_configuration_for_one(world: World) -> None:
    world.apply(guard="Disabled")
    world.settle()
    assert world.status.serving not in world.cluster.of_kind("ConfigMap")


def test_the_configuration_of_a_revision_is_of_the_model_that_it_serves(world: World) -> None:
    old = world.reached
    world.apply(model=_named("scores"))
    for _ in world.rounds():
        served = {name: _probed(config) for name, config in world.cluster.of_kind("ConfigMap").items()}
        if len(served) > 1:
            break
    assert served.pop(old) == "/v2/models/fraud/ready"
    assert list(served.values()) == ["/v2/models/scores/ready"]


def test_the_drain_opens_for_the_key_that_kubelet_was_given_also_after_an_adoption(world: World) -> None:
    world.cluster.remove(world.resource, orphan=True)
    world.apply()
    world.settle()
    record = world.cluster.of_kind("ControllerRevision")[world.reached]
    given = drain_key(record["data"]["template"])
    assert given in world.cluster.of_kind("ConfigMap")[world.reached]["data"]["own.json"]


def test_every_resource_has_a_key_of_its_own() -> None:
    keys = {drain_key(pod_template(make_resource(uid=uid), "fraud-1a2b3")) for uid in ("a", "b")}
    assert len(keys) == 2


def _named(name: str) -> dict[str, object]:
    return {"name": name, "source": {"persistentVolumeClaim": {"claimName": "models", "path": "fraud/7"}}}


def _probed(config: dict[str, dict[str, str]]) -> str:
    [table] = json.loads(config["data"]["own.json"])["resources"]
    paths = [route["match"].get("path", "") for route in table["virtual_hosts"][0]["routes"]]
    return str(next(path for path in paths if path.startswith("/v2/models/")))

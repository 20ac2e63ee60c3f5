from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from e2e.cluster import requirements
from e2e.cluster.progress import ClusterError
from e2e.cluster.requirements import check, missing
from e2e.cluster.settings import Settings
from tests.unit.cluster.played import Object, Played, items

SAID = Settings(
    "/config", operator_image="registry.example.com/op:1", triton_image="registry.example.com:5000/t:2"
)
GATEWAY: Object = {
    "metadata": {"namespace": "gateway", "name": "public"},
    "spec": {
        "listeners": [
            {"name": "web", "protocol": "HTTP", "port": 80, "allowedRoutes": {"namespaces": {"from": "All"}}}
        ]
    },
    "status": {
        "conditions": [{"type": "Programmed", "status": "True"}],
        "addresses": [{"value": "192.0.2.1"}],
    },
}
DEFAULT = {
    "metadata": {"name": "fast", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
}
VERSION = json.dumps({"serverVersion": {"major": "1", "minor": "32+", "gitVersion": "v1.32.1-eks"}})
GOOD: dict[str, str | ClusterError] = {
    "version": VERSION,
    "get gateways.gateway.networking.k8s.io public": json.dumps(GATEWAY),
    "get gateways.gateway.networking.k8s.io --all": items(GATEWAY),
    "get storageclasses": items(DEFAULT),
    "get persistentvolumes": items({"spec": {"storageClassName": "by-hand"}}),
}


def answering(changed: dict[str, str | ClusterError], settings: Settings = SAID) -> Played:
    """Return a good cluster with other answers to these commands."""
    good = {start: answer for start, answer in GOOD.items() if start not in changed}
    return Played(settings, changed | good)


def lacks(
    settings: Settings = SAID, *, why: str = "", answers: dict[str, str | ClusterError] | None = None
) -> list[str]:
    return missing(answering(answers or {}, settings), lambda _: why)


def behind(**changed: Any) -> list[str]:
    """Return what is said of a cluster whose Gateway differs in these fields."""
    return lacks(answers={"get gateways": json.dumps(GATEWAY | changed)})


def listener(**changed: Any) -> list[str]:
    return behind(spec={"listeners": [GATEWAY["spec"]["listeners"][0] | changed]})


def test_a_cluster_that_has_everything_lacks_nothing() -> None:
    assert lacks() == []


@pytest.mark.parametrize("image", ["", "registry.example.com:5000/operator"])
def test_images_must_be_named_with_a_tag(image: str) -> None:
    [line] = lacks(replace(SAID, operator_image=image))
    assert line.startswith("set SLUICEWAY_OPERATOR_IMAGE to the image of the operator")
    assert "images/operator/Dockerfile" in line


def test_rights_that_are_missing_are_named() -> None:
    [line] = lacks(answers={"auth can-i create clusterroles": ClusterError("no")})
    assert line.startswith("you may not create clusterroles in it")


def test_what_can_not_be_asked_is_told_with_all_else() -> None:
    answers: dict[str, str | ClusterError] = {"get storageclasses": ClusterError("classes are forbidden")}
    lines = lacks(replace(SAID, triton_image=""), answers=answers)
    assert lines[0].startswith("set SLUICEWAY_TRITON_IMAGE")
    assert lines[1:] == ["classes are forbidden"]


def test_without_the_gateway_api_its_own_words_are_told() -> None:
    [line] = lacks(answers={"get gateways": ClusterError("the server doesn't have a resource type")})
    assert "Gateway API is not installed" in line
    assert "resource type" in line


def test_a_gateway_that_is_not_there_is_told_with_those_that_are() -> None:
    [line] = lacks(replace(SAID, gateway="infra/edge"))
    assert "no Gateway infra/edge" in line
    assert "SLUICEWAY_GATEWAY" in line
    assert "there are: gateway/public" in line


def test_a_gateway_needs_namespace_and_name() -> None:
    assert lacks(replace(SAID, gateway="public")) == [
        "SLUICEWAY_GATEWAY is 'public', which is not namespace/name"
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"protocol": "HTTPS"}, "no listener with protocol HTTP"),
        ({"allowedRoutes": {"namespaces": {"from": "Selector"}}}, "set allowedRoutes.namespaces.from to All"),
        ({"allowedRoutes": {}}, "from namespaces 'Same'"),
        ({"hostname": "*.corp.example"}, "serves *.corp.example only"),
    ],
)
def test_listeners_that_do_not_serve_are_told(changed: dict[str, Any], words: str) -> None:
    [line] = listener(**changed)
    assert words in line


def test_a_listener_for_the_hostnames_below_ours_serves() -> None:
    assert listener(hostname="*.example.com") == []


def test_a_gateway_that_no_controller_took_up_is_told() -> None:
    assert "no controller has taken it up" in behind(status={})[0]


def test_an_address_out_of_reach_is_told_with_the_way_around() -> None:
    [line] = lacks(why="192.0.2.1:80: timed out")
    assert "192.0.2.1:80: timed out" in line
    assert "set SLUICEWAY_GATEWAY_ADDRESS" in line


def test_the_address_that_the_user_names_is_the_one_that_is_tried() -> None:
    tried = []

    def unreachable(address: str) -> str:
        tried.append(address)
        return ""

    missing(answering({}, replace(SAID, gateway_address="localhost:8080")), unreachable)
    assert tried == ["localhost:8080"]


def test_without_a_default_class_the_classes_are_told() -> None:
    [line] = lacks(answers={"get storageclasses": items({"metadata": {"name": "slow"}})})
    assert "name one in SLUICEWAY_STORAGE_CLASS; there are: slow" in line


@pytest.mark.parametrize(("name", "lines"), [("fast", 0), ("by-hand", 0), ("absent", 1)])
def test_a_class_that_is_named_must_be_there_or_on_a_volume(name: str, lines: int) -> None:
    assert len(lacks(replace(SAID, storage_class=name))) == lines


def test_everything_is_told_at_once_and_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(requirements, "_unreachable", lambda _: "")
    config = tmp_path / "config"
    config.touch()
    old = json.dumps({"serverVersion": {"major": "1", "minor": "29", "gitVersion": "v1.29.0"}})
    with pytest.raises(ClusterError) as error:
        check(answering({"version": old}, Settings(str(config))))
    for words in (
        "v1.29.0; needed is 1.30",
        "SLUICEWAY_OPERATOR_IMAGE",
        "SLUICEWAY_TRITON_IMAGE",
        "unset KUBECONFIG",
    ):
        assert words in str(error.value)
    check(answering({}, replace(SAID, kubeconfig=f"/absent:{config}")))


def test_a_kubeconfig_that_is_not_there_is_told() -> None:
    with pytest.raises(ClusterError, match="KUBECONFIG is /absent, where there is no file"):
        check(answering({}, replace(SAID, kubeconfig="/absent")))


def test_a_kubeconfig_without_a_context_is_told_with_the_way_to_choose_one(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.touch()
    with pytest.raises(ClusterError, match=r"leads to no cluster \(no context\).*use-context"):
        check(answering({"config view": ClusterError("no context")}, replace(SAID, kubeconfig=str(config))))


def test_a_port_where_nobody_listens_is_out_of_reach() -> None:
    assert "127.0.0.1:1:" in requirements._unreachable("127.0.0.1:1")
    assert requirements._unreachable("nonsense")

from __future__ import annotations

import os
from pathlib import Path

import pytest

from e2e.cluster import binaries, gateways, paths, settings
from e2e.cluster.box import Box
from e2e.cluster.existing import ExistingCluster
from e2e.cluster.interface import select
from e2e.cluster.progress import ClusterError
from e2e.cluster.settings import Settings


def test_kubeconfig_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/elsewhere/config")
    cluster = select("demo")
    assert isinstance(cluster, ExistingCluster)
    assert cluster.settings.kubeconfig == "/elsewhere/config"


def test_without_one_it_is_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert isinstance(select("demo"), Box)


def test_a_box_s_own_kubeconfig_is_no_foreign_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Box("demo").kubeconfig
    assert settings.from_environment({"KUBECONFIG": str(own)}) is None
    monkeypatch.chdir("/")
    assert settings.from_environment({"KUBECONFIG": os.path.relpath(own, "/")}) is None


def test_what_is_not_said_has_its_default_also_when_it_is_empty() -> None:
    said = settings.from_environment({"KUBECONFIG": "/a:/b", "SLUICEWAY_GATEWAY": ""})
    assert said == Settings("/a:/b", gateway="gateway/public", access_mode="ReadWriteOnce")


def test_every_variable_has_its_field() -> None:
    variables = (
        "OPERATOR_IMAGE",
        "TRITON_IMAGE",
        "GUARD_IMAGE",
        "GATEWAY",
        "GATEWAY_ADDRESS",
        "STORAGE_CLASS",
        "ACCESS_MODE",
    )
    said = settings.from_environment({"KUBECONFIG": "/a"} | {f"SLUICEWAY_{name}": name for name in variables})
    assert said == Settings("/a", *variables)


def test_the_gateway_is_the_parent_of_routes() -> None:
    assert Settings("/a", gateway="infra/edge").parent == {"name": "edge", "namespace": "infra"}


def test_tools_get_the_user_s_kubeconfig_and_their_words_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool = tmp_path / "kubectl"
    tool.write_text('#!/bin/sh\necho "$KUBECONFIG $*"; cat; test "$1" != fail || { echo no >&2; exit 3; }\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    cluster = ExistingCluster(Settings("/a:/b"))
    assert cluster.kubectl("apply", "-f", "-", stdin="text") == "/a:/b apply -f -\ntext"
    with pytest.raises(ClusterError, match="kubectl fail now: no"):
        cluster.kubectl("fail", "now", stdin="")


def test_a_tool_that_is_nowhere_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(binaries, "built", lambda _: False)
    with pytest.raises(ClusterError, match="helm is not on PATH: install it, or let `make programs`"):
        ExistingCluster(Settings("/a")).command("helm")


@pytest.mark.parametrize(
    ("host", "address"),
    [("192.0.2.1", "192.0.2.1:80"), ("edge.example", "edge.example:80"), ("::1", "[::1]:80")],
)
def test_the_address_is_that_of_the_http_listener(host: str, address: str) -> None:
    listeners = [{"protocol": "HTTPS", "port": 443}, {"protocol": "HTTP", "port": 80}]
    gateway = {"spec": {"listeners": listeners}, "status": {"addresses": [{"value": host}]}}
    assert gateways.address(gateway) == address


def test_a_gateway_without_an_address_has_none() -> None:
    assert gateways.address({"spec": {"listeners": [{"protocol": "HTTP", "port": 80}]}}) == ""


@pytest.mark.parametrize("name", ["", "Demo", "-a", "a-", "a/b", "a" * 40])
def test_a_name_that_can_not_be_a_folder_and_a_node_is_refused(name: str) -> None:
    with pytest.raises(ClusterError, match="can not name a cluster"):
        Box(name)


def test_boxes_lie_in_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Box("e2e").directory == tmp_path / "sluiceway" / "boxes" / "e2e"
    assert Box("e2e").directory.is_relative_to(paths.state())


def test_a_box_that_does_not_run_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(ClusterError, match="up --name absent"):
        Box("absent").inside(["true"])

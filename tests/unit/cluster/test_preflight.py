from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from e2e.cluster import binaries, packages, preflight, toolchain
from e2e.cluster.progress import ClusterError


@pytest.fixture
def bad_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing; its programs are in the folder that is returned."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(binaries, "built", lambda: False)
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def said() -> str:
    with pytest.raises(ClusterError) as error:
        preflight.check_machine()
    return str(error.value)


def test_all_that_is_missing_is_told_at_once_and_what_to_do_instead(bad_machine: Path) -> None:
    lines = said().splitlines()
    assert lines[0] == "this machine can not host a cluster:"
    assert "put sudo before the command" in lines[1]
    assert "containerd" in lines[2]
    assert "install Go 1.26 or newer (https://go.dev/dl)" in lines[3]
    assert "KUBECONFIG" in lines[-1]


def test_what_apt_get_would_install_is_not_missing(bad_machine: Path) -> None:
    for name in ("dpkg-query", "apt-get"):
        program(bad_machine, name, "true")
    assert packages.missing(["runc"]) == ["runc"]
    assert "runc" not in said()


def test_go_is_not_asked_for_when_all_is_built(bad_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "built", lambda: True)
    assert "Go" not in said()


def test_who_uses_sudo_is_told_of_its_path(bad_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "somebody")
    assert "sudo env PATH=$PATH make demo" in said()


def test_another_system_is_told_that_and_no_more(bad_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert said().splitlines()[1:-1] == ["- it runs darwin: a node needs Linux"]


@pytest.mark.parametrize(
    ("version", "setting", "words"),
    [
        ("go1.26.8 linux/amd64", "local", ""),
        ("go1.27rc1 linux/amd64", "local", ""),
        ("go1.22.4 linux/amd64", "auto", ""),
        ("go1.22.4 linux/amd64", "local", "Go 1.22 is too old"),
        ("go1.19.8 linux/amd64", "", "Go 1.19 is too old"),
        ("devel", "auto", "`go version` says"),
    ],
)
def test_go_is_new_enough_or_fetches_what_is(
    bad_machine: Path, version: str, setting: str, words: str
) -> None:
    program(bad_machine, "go", f'[ "$1" = env ] && echo "{setting}" || echo "go version {version}"')
    found = toolchain.problem()
    assert words in found
    assert bool(found) == bool(words)


def test_controllers_of_both_versions_of_cgroups_count(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpu memory imagined\n")
    assert {"cpu", "memory", "imagined"} <= preflight._controllers([tmp_path])

"""What the demo gives the tutorial's reader."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from e2e.cluster.existing import ExistingCluster
from e2e.cluster.settings import Settings
from e2e.demo import exports

ASKED = 'kubectl; printf "%s\\n" "$KUBECONFIG" "$GATEWAY" "$TRITON" "$PATH"'


def test_the_variables_of_the_tutorial_survive_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "my programs"
    programs.mkdir()
    kubectl = programs / "kubectl"
    kubectl.write_text("#!/bin/sh\necho it is me\n")
    kubectl.chmod(0o755)
    path = "/usr/bin:/bin"
    monkeypatch.setenv("PATH", f"{programs}:{path}")
    kubeconfig = tmp_path / "it's mine"
    lines = exports(
        ExistingCluster(Settings(str(kubeconfig), triton_image="triton:1", gateway_address="gw:80"))
    )
    typed = "\n".join([*lines, ASKED])
    said = subprocess.run(
        ["bash", "-c", typed], env={"PATH": path}, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said[:4] == ["it is me", str(kubeconfig), "gw:80", "triton:1"]
    assert said[4].split(os.pathsep)[1] == str(programs)
    assert said[4].endswith(path)

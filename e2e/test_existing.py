"""The demo in a cluster that was there before, by KUBECONFIG: our box plays it, for a user who owns it.

Runs before other tests install the operator. Where one is there already, the demo uses that one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e import scenario
from e2e.cluster import images
from e2e.cluster.box import Box
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

STORAGE_CLASS = "by-hand"
KEPT = ("namespaces", "crd", "clusterroles", "clusterrolebindings")


@pytest.fixture
def environment(bare: Stage, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the owner of the cluster would export, and a volume of theirs."""
    assert isinstance(bare.cluster, Box)
    # Elsewhere than where boxes keep theirs: by its place it would be known.
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(bare.cluster.kubeconfig.read_text())
    kubeconfig.chmod(0o600)
    folder = bare.cluster.directory / "volumes" / tmp_path.name
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": STORAGE_CLASS},
        "spec": {
            "storageClassName": STORAGE_CLASS,
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "hostPath": {"path": str(folder)},
        },
    }
    View(bare.cluster, "default").apply(volume)
    yield {
        "KUBECONFIG": str(kubeconfig),
        "SLUICEWAY_OPERATOR_IMAGE": bare.operator_image,
        "SLUICEWAY_TRITON_IMAGE": images.reference("triton-cpu"),
        "SLUICEWAY_GUARD_IMAGE": images.reference("envoy"),
        "SLUICEWAY_GATEWAY_ADDRESS": bare.address,
        "SLUICEWAY_STORAGE_CLASS": STORAGE_CLASS,
    }
    bare.cluster.kubectl("delete", "pv", STORAGE_CLASS)


def demo(command: str, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command of the demo as its user would; return its exit status and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "e2e.demo", command],
        cwd=scenario.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stderr


def kept(stage: Stage) -> set[str]:
    return {name for kind in KEPT for name in stage.cluster.kubectl("get", kind, "-o", "name").split()}


def test_the_demo_runs_in_an_existing_cluster_and_leaves_it_as_it_was(
    bare: Stage, environment: dict[str, str]
) -> None:
    before = kept(bare)
    status, said = demo("up", environment)
    assert status == 0, said
    assert "fraud   True" in said
    assert "namespace/sluiceway-demo" in kept(bare) - before
    status, said = demo("down", environment)
    assert status == 0, said
    assert kept(bare) == before


def test_what_the_cluster_lacks_is_told_before_anything_is_made(
    bare: Stage, environment: dict[str, str]
) -> None:
    before = kept(bare)
    wrong = {
        "SLUICEWAY_TRITON_IMAGE": "",
        "SLUICEWAY_GATEWAY": "gateway/absent",
        "SLUICEWAY_STORAGE_CLASS": "",
    }
    status, said = demo("up", environment | wrong)
    assert status == 1
    assert "- set SLUICEWAY_TRITON_IMAGE" in said
    assert "it has no Gateway gateway/absent" in said
    assert "there are: gateway/public" in said
    assert "no default StorageClass" in said
    assert kept(bare) == before

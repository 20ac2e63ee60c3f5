"""The box leaves nothing behind, however it ends. Needs root and the cluster's programs."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster import host, residue
from e2e.cluster.box import Box
from e2e.cluster.progress import ClusterError, wait_for

NAMES = ("residue", "residue-2")

pytestmark = [pytest.mark.e2e, pytest.mark.box]

_OWNER = """
import signal
from e2e.cluster.box import Box
with Box("residue"):
    print("up", flush=True)
    signal.pause()
"""


@pytest.fixture
def before() -> Iterator[residue.Snapshot]:
    boxes = [Box(name) for name in NAMES]
    for box in boxes:
        box.down()
    yield residue.take(*NAMES)
    for box in boxes:
        box.down()


def _left(before: residue.Snapshot) -> list[str]:
    """What is left once the kernel has had a moment: it frees namespaces a little late."""
    with contextlib.suppress(ClusterError):
        wait_for("all is gone", lambda: "".join(residue.take(*NAMES).since(before)), seconds=10, every=0.5)
    return residue.take(*NAMES).since(before)


def test_the_node_is_ready_and_down_leaves_nothing(before: residue.Snapshot) -> None:
    with Box("residue") as box:
        node = json.loads(box.kubectl("get", "node", "residue", "--output=json"))
        assert residue.take(*NAMES).since(before), "the snapshot would not see a running box"
    ready = [c["status"] for c in node["status"]["conditions"] if c["type"] == "Ready"]
    assert ready == ["True"]
    assert _left(before) == []


def test_down_after_the_init_was_killed_leaves_nothing(before: residue.Snapshot) -> None:
    box = Box("residue")
    box.up()
    pid = host.init_pid(box.directory)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for("the box is seen dead", lambda: "alive" if box.running else "", seconds=10)
    box.down()
    box.down()
    assert _left(before) == []


def test_a_box_in_a_with_statement_dies_with_its_process(before: residue.Snapshot) -> None:
    repository = Path(__file__).parents[1]
    command = [sys.executable, "-c", _OWNER]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        owner.kill()
    box = Box("residue")
    wait_for("the box ends with its owner", lambda: "alive" if box.running else "", seconds=10)
    box.down()
    assert _left(before) == []


def test_two_boxes_do_not_meet(before: residue.Snapshot) -> None:
    with Box("residue") as one:
        with Box("residue-2") as other:
            assert one.node_address != other.node_address
            assert "residue-2" in other.kubectl("get", "nodes")
        assert "Ready" in one.kubectl("get", "node", "residue")
    assert _left(before) == []

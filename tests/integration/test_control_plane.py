"""The control plane that the other tests stand on: it keeps its data, and goes without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.cluster import host
from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.progress import ClusterError, wait_for

pytestmark = pytest.mark.integration

_OWNER = """
import signal, sys
from pathlib import Path
from e2e.cluster.control_plane import ControlPlane
with ControlPlane(directory=Path(sys.argv[1])):
    print("up", flush=True)
    signal.pause()
"""


def _daemons(directory: Path) -> list[int]:
    return [pid for pid, words in host.processes() if str(directory) in " ".join(words[1:])]


def _wait_gone(directory: Path) -> None:
    def probe() -> str:
        left = [pid for pid in _daemons(directory) if pid != os.getpid()]
        return f"processes {left}" if left else ""

    wait_for("its daemons end", probe, seconds=30)


def test_a_restart_keeps_address_and_data(tmp_path: Path) -> None:
    with ControlPlane(directory=tmp_path) as plane:
        plane.kubectl("create", "namespace", "kept")
        server = plane.server
        plane.stop_apiserver(kill=True)
        with pytest.raises(ClusterError, match="refused"):
            plane.kubectl("get", "namespace", "kept")
        plane.start_apiserver()
        assert plane.server == server
        assert "kept" in plane.kubectl("get", "namespace", "kept")
        assert '"verb":"create"' in plane.audit_log.read_text()
    assert list(tmp_path.iterdir()) == []
    _wait_gone(tmp_path)


def test_controllers_collect_what_lost_its_owner(tmp_path: Path) -> None:
    with ControlPlane(controllers=True, directory=tmp_path) as plane:
        plane.kubectl("create", "deployment", "one", "--image=none")

        def count(wanted: int) -> str:
            found = plane.kubectl("get", "replicasets", "--output=name").split()
            return "" if len(found) == wanted else f"{found}"

        wait_for("the Deployment has a ReplicaSet", lambda: count(1), seconds=60, every=0.3)
        plane.kubectl("delete", "deployment", "one")
        wait_for("the ReplicaSet is collected", lambda: count(0), seconds=60, every=0.3)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_its_daemons_end_with_the_process_that_owns_it(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", _OWNER, str(tmp_path)]
    repository = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        owner.send_signal(how)
    _wait_gone(tmp_path)
    # Nobody can tidy up after SIGKILL; after SIGTERM the folder is gone too.
    assert (list(tmp_path.iterdir()) == []) is (how == signal.SIGTERM)

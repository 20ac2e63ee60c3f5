from pathlib import Path

import pytest

from e2e.cluster import existing, interface, paths
from e2e.cluster.box import Box
from e2e.cluster.progress import ClusterError


def test_kubeconfig_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/elsewhere/config")
    assert interface.select("demo").kubeconfig == Path("/elsewhere/config")


def test_without_one_it_is_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert isinstance(interface.select("demo"), Box)


def test_a_box_s_own_kubeconfig_is_no_foreign_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(Box("demo").kubeconfig))
    assert existing.from_environment() is None


@pytest.mark.parametrize("name", ["", "Demo", "-a", "a-", "a/b", "a" * 40])
def test_a_name_that_can_not_be_a_folder_and_a_node_is_refused(name: str) -> None:
    with pytest.raises(ClusterError, match="can not name a cluster"):
        Box(name)


def test_boxes_lie_in_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Box("e2e").directory == tmp_path / "sluiceway" / "boxes" / "e2e"
    assert Box("e2e").directory.is_relative_to(paths.state())

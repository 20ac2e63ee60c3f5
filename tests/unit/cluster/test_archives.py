import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from e2e.cluster.archives import reference
from e2e.cluster.progress import ClusterError


def archive(path: Path, members: dict[str, Any]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            data = json.dumps(content).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def oci(**annotations: str) -> dict[str, Any]:
    return {"index.json": {"manifests": [{"annotations": annotations}]}}


def test_docker_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", {"manifest.json": [{"RepoTags": ["local/a:1"]}]})
    assert reference(path) == "local/a:1"


def test_oci_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", oci(**{"org.opencontainers.image.ref.name": "local/a:1"}))
    assert reference(path) == "local/a:1"


def test_containerd_s_own_annotation_comes_first(tmp_path: Path) -> None:
    names = {
        "org.opencontainers.image.ref.name": "1",
        "io.containerd.image.name": "local/a:1",
    }
    assert reference(archive(tmp_path / "a.tar", oci(**names))) == "local/a:1"


@pytest.mark.parametrize("name", ["", "latest", "a:1", "local/a"])
def test_a_name_no_pod_could_ask_for_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.tar", oci(**{"org.opencontainers.image.ref.name": name}))
    with pytest.raises(ClusterError, match="not host/name:tag"):
        reference(path)


def test_another_tar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="is no image"):
        reference(archive(tmp_path / "a.tar", {"readme.json": {}}))

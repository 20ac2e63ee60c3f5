"""Looks into image archives, OCI or Docker, without unpacking them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

from e2e.cluster.progress import ClusterError

_CONTAINERD_NAME = "io.containerd.image.name"
_OCI_NAME = "org.opencontainers.image.ref.name"


def reference(archive: Path) -> str:
    """Return the full name of the first image in *archive*, as `ctr images import` will call it.

    Raises:
        ClusterError: for an archive whose image has no full name, which no pod could ask for.
    """
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        if "manifest.json" in names:
            found = _read(tar, "manifest.json")[0]["RepoTags"] or [""]
            name = found[0]
        elif "index.json" in names:
            notes = _read(tar, "index.json")["manifests"][0].get("annotations", {})
            name = notes.get(_CONTAINERD_NAME) or notes.get(_OCI_NAME, "")
        else:
            raise ClusterError(f"{archive} is no image: neither index.json nor manifest.json is in it")
    if "/" not in name or ":" not in name:
        raise ClusterError(f"{archive}: the image is called {name!r}, which is not host/name:tag")
    return str(name)


def _read(tar: tarfile.TarFile, name: str) -> Any:
    member = tar.extractfile(name)
    assert member is not None
    return json.load(member)

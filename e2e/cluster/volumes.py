"""A folder of a box as a PersistentVolume, for models."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.cluster.box import Box


@dataclass(frozen=True)
class Volume:
    """Manifests of a volume and its claim, and the folder that pods will see."""

    manifests: list[dict[str, Any]]
    directory: Path


def folder(box: Box, namespace: str, claim: str) -> Path:
    """Return what pods of *namespace* see as its *claim*."""
    return box.directory / "volumes" / namespace / claim


def give(directory: Path, user: int) -> None:
    """Let a user of pods change what is in a claim's folder."""
    for each in directory.rglob("*"):
        os.chown(each, user, user)


def model_volume(
    box: Box, namespace: str, claim: str, access_modes: Sequence[str] = ("ReadOnlyMany",)
) -> Volume:
    """Return a claim bound to a new, empty folder of *box*, which goes with it.

    Fill the folder before or after the manifests are applied: pods see it live.
    """
    directory = folder(box, namespace, claim)
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{namespace}-{claim}"
    common = {"accessModes": list(access_modes), "storageClassName": ""}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            **common,
            "capacity": {"storage": "1Gi"},
            "claimRef": {"namespace": namespace, "name": claim},
            "hostPath": {"path": str(directory), "type": "Directory"},
            "persistentVolumeReclaimPolicy": "Retain",
        },
    }
    bound = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": claim, "namespace": namespace},
        "spec": {
            **common,
            "resources": {"requests": {"storage": "1Gi"}},
            "volumeName": name,
        },
    }
    return Volume([volume, bound], directory)

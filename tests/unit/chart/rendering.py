"""The chart as Helm renders it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

from e2e.cluster import binaries

Object = dict[str, Any]

ROOT = Path(__file__).parents[3]
CHART = ROOT / "charts" / "sluiceway"
CI_VALUES = sorted((CHART / "ci").glob("*-values.yaml"))
DEFAULT = CHART / "ci" / "default-values.yaml"
NAMESPACED = CHART / "ci" / "namespaced-values.yaml"
FULL = CHART / "ci" / "full-values.yaml"
RELEASE = ("sluiceway", str(CHART), "--namespace", "sluiceway-system")


class HelmError(Exception):
    """Helm refused, in its own words."""


class UniqueKeys(yaml.SafeLoader):
    """Refuses a mapping that names a key twice, as the API server's strict decoder does."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"named twice: {twice}"
        return super().construct_mapping(node, deep)


def helm(*arguments: str) -> str:
    """Run helm without a cluster and return what it prints.

    Raises:
        HelmError: with what it says when it fails.
    """
    # No kubeconfig of the user's is to be looked at.
    command = [str(binaries.ensure("helm")), "--kubeconfig=/dev/null", *arguments]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        raise HelmError(done.stderr or done.stdout)
    return done.stdout


def render(values: Path = DEFAULT, *settings: str, release: str = "sluiceway") -> str:
    """Return all manifests as text, with `key=value` *settings* on top of a values file."""
    sets = [part for setting in settings for part in ("--set", setting)]
    return helm("template", release, *RELEASE[1:], "--values", str(values), *sets)


def objects(values: Path = DEFAULT, *settings: str, release: str = "sluiceway") -> list[Object]:
    """Return all objects."""
    text = render(values, *settings, release=release)
    # A subclass of SafeLoader.
    return [found for found in yaml.load_all(text, Loader=UniqueKeys) if found]


def one(kind: str, found: list[Object]) -> Object:
    """Return the only object of a kind."""
    (wanted,) = (obj for obj in found if obj["kind"] == kind)
    return wanted

"""Somebody who reads a page with a terminal beside it: the tools at hand, in a clone of this repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from e2e.cluster import binaries
from tests.documented.pages import ROOT
from tests.documented.terminal import Terminal
from tests.support.cluster_view import View


@contextmanager
def reader(view: View, folder: Path, **variables: str) -> Iterator[Terminal]:
    """Give a terminal whose kubectl means the namespace of *view*; it begins in *folder*.

    What the repository holds is found there by links, so that what a page writes stays out of it.
    """
    clone = folder / "clone"
    clone.mkdir()
    for path in ROOT.iterdir():
        (clone / path.name).symlink_to(path)
    tools = [
        Path(sys.executable).parent,
        binaries.ensure("kubernetes").parent,
        binaries.ensure("helm").parent,
    ]
    environment = {
        "KUBECONFIG": str(_kubeconfig(view, folder)),
        "PATH": os.pathsep.join([*map(str, tools), os.environ["PATH"]]),
    }
    with Terminal(clone, environment | variables) as terminal:
        yield terminal


def _kubeconfig(view: View, folder: Path) -> Path:
    config = yaml.safe_load(Path(view.cluster.kubeconfig).read_text(encoding="utf-8"))
    for context in config["contexts"]:
        context["context"]["namespace"] = view.namespace
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path

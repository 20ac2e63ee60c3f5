"""Statuses as Argo CD's Lua engine and kstatus read them: the real ones, in a Go program."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from e2e.cluster import binaries
from sluiceway.build.objects import Object

ROOT = Path(__file__).parents[2]
CUSTOMIZATION = ROOT / "argocd" / "resource_customizations" / "sluiceway.dev" / "ModelDeployment"


class Answer(NamedTuple):
    """What a script returned, or kstatus said; or why it could not."""

    value: Any
    error: str


def ask(questions: Iterable[tuple[Object, str]]) -> list[Answer]:
    """Return the answers to questions: an object each, and a script; kstatus answers where that is empty."""
    asked = "\n".join(json.dumps({"object": obj, "script": script}) for obj, script in questions)
    command = [str(binaries.ensure("readers"))]
    done = subprocess.run(command, input=asked, text=True, capture_output=True, check=True)
    answers = map(json.loads, done.stdout.splitlines())
    return [Answer(answer.get("value"), answer.get("error", "")) for answer in answers]


def script(*path: str) -> str:
    """Return a script of the customization for Argo CD."""
    return CUSTOMIZATION.joinpath(*path).read_text(encoding="utf-8")

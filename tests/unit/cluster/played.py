"""A cluster of somebody's that is only played: answers of kubectl by the beginning of the command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from e2e.cluster.existing import ExistingCluster
from e2e.cluster.progress import ClusterError
from e2e.cluster.settings import Settings

Object = dict[str, Any]


def items(*objects: Object) -> str:
    return json.dumps({"items": objects})


class Played(ExistingCluster):
    """Answers what it is told to, nothing to all else; keeps what it was asked."""

    def __init__(self, settings: Settings, answers: Mapping[str, str | ClusterError] = {}) -> None:
        super().__init__(settings)
        self.answers = dict(answers)
        self.asked: list[str] = []

    def command(self, tool: str) -> str:
        return tool

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return self._answer(" ".join(arguments), stdin)

    def helm(self, *arguments: str) -> str:
        return self._answer(" ".join(("helm", *arguments)))

    def _answer(self, line: str, stdin: str | None = None) -> str:
        self.asked.append(line if stdin is None else f"{line} <<< {stdin}")
        for start, answer in self.answers.items():
            if line.startswith(start):
                if isinstance(answer, ClusterError):
                    raise answer
                return answer
        return ""

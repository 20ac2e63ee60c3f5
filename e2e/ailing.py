"""Revisions that are ill, each in its own way: `e2e/models/ailing`. Without torch: they load in seconds."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from e2e import scenario
from e2e.client import Example
from tests.support.cluster_view import View

_SOURCES = scenario.MODELS / "ailing"
CONFESSION = "this revision is ill"
"""What a revision says that fails a request."""
_QUESTION = np.arange(8, dtype=np.float32).reshape(1, 8)


@dataclass(frozen=True)
class Ailment:
    """What is wrong with a revision; nothing as it stands."""

    what: str = ""
    """As `e2e/models/ailing/1/model.py` lists it."""
    one_in: int = 1
    """One request in so many suffers."""
    instances: int = 1
    """So many requests are worked on at the same time."""
    queue: int = 0
    """With so many waiting, further ones are refused; 0 for no limit."""
    asks_for: str = "question"
    """Name of the input."""

    def configuration(self, number: int) -> str:
        """Return config.pbtxt of the revision that adds *number*."""
        parameters = {"number": number, "ailment": self.what, "one_in": self.one_in}
        limit = f"dynamic_batching {{ default_queue_policy {{ max_queue_size: {self.queue} }} }}\n"
        return "".join(
            (
                (_SOURCES / "config.pbtxt").read_text().replace("question", self.asks_for),
                f"instance_group {{ kind: KIND_CPU count: {self.instances} }}\n",
                limit if self.queue else "",
                *(
                    f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}\n'
                    for key, value in parameters.items()
                ),
            )
        )


def well(view: View, *paths: str, claim: str = "models") -> dict[str, Example]:
    """Put models on the claim with which nothing is wrong; return what each of them answers."""
    return put(view, dict.fromkeys(paths, Ailment()), claim=claim)


def put(view: View, revisions: Mapping[str, Ailment], *, claim: str = "models") -> dict[str, Example]:
    """Put models on the claim, by their paths; return what each of them answers when it does."""
    files: dict[str, bytes] = {}
    for number, (path, ailment) in enumerate(revisions.items(), start=1):
        files[f"{path}/config.pbtxt"] = ailment.configuration(number).encode()
        files[f"{path}/1/model.py"] = (_SOURCES / "1" / "model.py").read_bytes()
    scenario.put_files(view, files, claim=claim)
    return {
        path: Example({"question": _QUESTION}, {"answer": _QUESTION + np.float32(number)})
        for number, path in enumerate(revisions, start=1)
    }


def falls_ill(view: View, path: str, what: str = "raise") -> None:
    """Let the model at *path* be ill from now on, while it serves."""
    scenario.in_pod(view, f"echo {shlex.quote(what)} > /models/{path}/ailment")

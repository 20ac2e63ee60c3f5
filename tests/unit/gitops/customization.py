"""What is shipped for Argo CD beside the scripts: test data in its own layout, and a patch for argocd-cm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from sluiceway.build.objects import Object
from sluiceway.core.commands import Command
from tests.support.readers import CUSTOMIZATION, ROOT, script
from tests.unit.gitops.recorded import recorded

SHOWN = {
    "just-applied": "just applied",
    "spec-just-changed": "another spec was just applied",
    "serving": "serving",
    "first-share": "a candidate gets its first share",
    "paused": "a person paused the rollout",
    "awaiting-promotion": "a step waits for a person",
    "waiting-for-requests": "a step has had too few requests",
    "baking": "the one that took over is baked",
    "rolled-back": "the candidate broke an objective",
    "cause-shared": "the one before breaks it as well",
    "load-failed": "a new revision does not load while the old one serves",
}
"""States of which Argo CD's own tests would read a file, by the name of that file."""
ACTS_ON = {
    Command.PAUSE: "first-share",
    Command.RESUME: "paused",
    Command.PROMOTE: "awaiting-promotion",
    Command.ABORT: "baking",
    Command.RETRY: "rolled-back",
}
PATCH = ROOT / "argocd" / "argocd-cm.yaml"
_KIND = "sluiceway.dev_ModelDeployment"


class _Text(yaml.SafeDumper):
    """Writes scripts as they are, and an item where its list begins."""


def _written(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Text.add_representer(str, _written)


def as_yaml(content: Any) -> str:
    """Return *content* as a file."""
    return yaml.dump(content, Dumper=_Text, sort_keys=False, width=10_000, allow_unicode=True)


def files() -> Iterator[tuple[str, str]]:
    """Yield every file that is made and not written, by its path in the customization."""
    for name, state in SHOWN.items():
        yield f"testdata/{name}.yaml", as_yaml(recorded()[state])
    for command, name in ACTS_ON.items():
        yield f"actions/testdata/{name}-{command}.yaml", as_yaml(_commanded(recorded()[SHOWN[name]], command))


def patch() -> str:
    """Return the patch for the ConfigMap argocd-cm."""
    actions = {
        "discovery.lua": script("actions", "discovery.lua"),
        "definitions": [
            {"name": str(command), "action.lua": script("actions", command, "action.lua")}
            for command in Command
        ],
    }
    data = {
        f"resource.customizations.health.{_KIND}": script("health.lua"),
        f"resource.customizations.actions.{_KIND}": as_yaml(actions),
    }
    return as_yaml({"data": data})


def loaded(*path: str) -> Any:
    """Return what a file of the customization holds."""
    return yaml.safe_load(CUSTOMIZATION.joinpath(*path).read_text(encoding="utf-8"))


def _commanded(resource: Object, command: Command) -> Object:
    annotations = {command.annotation: resource["status"]["commands"][command]}
    return resource | {"metadata": resource["metadata"] | {"annotations": annotations}}

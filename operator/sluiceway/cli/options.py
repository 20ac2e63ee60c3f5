"""What the options of the commands mean, and the end of a command that can not go on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import ValidationError

from sluiceway.adapters.provider import Provider
from sluiceway.api.runtime import ResourceRequirements
from sluiceway.build.guard.container import GuardSettings
from sluiceway.cli.config import ConfigurationError, load


def stop(message: str) -> NoReturn:
    """End the command with one line about why."""
    typer.echo(f"sluiceway: {' '.join(message.split())}", err=True)
    raise typer.Exit(1)


def guard(image: str, resources: str) -> GuardSettings:
    """Return what guards are made of; *resources* as JSON."""
    if not resources:
        return GuardSettings(image)
    try:
        given = ResourceRequirements.model_validate_json(resources)
    except ValidationError as error:
        stop(f"--guard-resources {resources}: {error.errors()[0]['msg']}: write them as in a pod, in JSON")
    return GuardSettings(image, given.to_dict())


def providers(config: Path | None) -> Sequence[Provider]:
    """Return the providers of metrics that the configuration names; none without a configuration."""
    try:
        return load(config).providers if config else ()
    except ConfigurationError as error:
        stop(f"--config {error}")


def kubeconfig(given: Path | None) -> str | None:
    """Return the kubeconfig to use, None inside a cluster; Kopf reads it from the environment."""
    if given is None and "KUBECONFIG" not in os.environ and "KUBERNETES_SERVICE_HOST" in os.environ:
        return None
    path = str(given or os.environ.get("KUBECONFIG") or Path("~/.kube/config").expanduser())
    if not any(Path(one).is_file() for one in path.split(os.pathsep)):
        stop(f"there is no kubeconfig {path}: name one with --kubeconfig, or in KUBECONFIG")
    os.environ["KUBECONFIG"] = path
    return path

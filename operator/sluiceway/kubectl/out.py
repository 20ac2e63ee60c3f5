"""What goes to the terminal or to another program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from enum import StrEnum
from typing import Any

import typer
import yaml
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from rich.console import Console, RenderableType


class Output(StrEnum):
    """A form for other programs."""

    JSON = "json"
    YAML = "yaml"


def show(what: RenderableType) -> None:
    """Print for people: colours on a terminal only, as wide as it is, never cut."""
    Console(highlight=False, soft_wrap=False).print(what)


def give(data: Any, form: Output) -> None:
    """Print for programs."""
    typer.echo(text(plain(data), form), nl=False)


def text(data: Any, form: Output) -> str:
    """Return JSON or YAML."""
    if form is Output.JSON:
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def plain(data: Any) -> Any:
    """Return dataclasses and models as the API writes objects: camelCase keys, no enumerations."""
    if isinstance(data, BaseModel):
        return plain(data.model_dump(mode="json", by_alias=True))
    if is_dataclass(data) and not isinstance(data, type):
        return {to_camel(name): plain(getattr(data, name)) for name in asdict(data)}
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [plain(each) for each in data]
    return str(data) if isinstance(data, StrEnum) else data

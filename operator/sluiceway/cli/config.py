"""The file given with `--config`: what the operator knows beside the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from sluiceway.adapters.provider import Provider

_Location = Sequence[str | int]


class ConfigurationError(Exception):
    """The file can not be used; says where, why, and what to write."""


def _unique(providers: list[Provider]) -> list[Provider]:
    names = [each.name for each in providers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"more than one is called {' and '.join(twice)}: resources name one by its name")
    return providers


class Configuration(BaseModel):
    """What the file says."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)

    providers: Annotated[list[Provider], AfterValidator(_unique)] = []
    """Those whose metrics objectives may query."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands there twice, of which YAML's would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"{key.value} stands there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def load(path: Path) -> Configuration:
    """Read a configuration.

    Raises:
        ConfigurationError: when the file can not be read or holds something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        given = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one
        return Configuration.model_validate(given or {})
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is no text in UTF-8") from None
    except yaml.MarkedYAMLError as error:
        place = f"{path}:{error.problem_mark.line + 1}" if error.problem_mark else str(path)
        raise ConfigurationError(f"{place}: it can not be read as YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(f"{path}: it can not be read as YAML: {error}") from None
    except ValidationError as error:
        found = "; ".join(_words(path, tree, each) for each in error.errors(include_url=False))
        raise ConfigurationError(found) from None


def _words(path: Path, tree: yaml.Node | None, error: ErrorDetails) -> str:
    where = error["loc"]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
    what = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        known = Configuration if len(where) == 1 else Provider
        names = [one.alias or name for name, one in known.model_fields.items()]
        what = f"there is no such field; there are {', '.join(names)}"
    return f"{path}:{_line(tree, where)}: {field or 'the file'}: {what}"


def _line(node: yaml.Node | None, where: _Location) -> int:
    """Return the line of the innermost part of *where* that the file has."""
    line = 1
    for key in _path(node, where):
        line = key.start_mark.line + 1
    return line


def _path(node: yaml.Node | None, where: _Location) -> Iterator[yaml.Node]:
    for part in where:
        match node, part:
            case yaml.MappingNode(), str():
                pairs = [(key, value) for key, value in node.value if key.value == part]
            case yaml.SequenceNode(), int():
                pairs = [(each, each) for each in node.value[part : part + 1]]
            case _:
                return
        if not pairs:
            return
        key, node = pairs[-1]
        yield key

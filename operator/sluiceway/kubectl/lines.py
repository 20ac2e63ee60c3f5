"""YAML with the line of every value, so that a message can say where to look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Path = Sequence[str | int]


class _Constructor(yaml.constructor.SafeConstructor):
    """Makes of plain dates the texts that they are for kubectl."""


_Constructor.yaml_constructors = {
    **yaml.constructor.SafeConstructor.yaml_constructors,
    "tag:yaml.org,2002:timestamp": yaml.constructor.SafeConstructor.construct_yaml_str,
}


class Unreadable(Exception):  # noqa: N818 - about a file, not about the code
    """A text is no YAML, or has a key twice; says where."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True)
class Document:
    """One document of a file."""

    value: Any
    tree: yaml.Node

    def line(self, path: Path) -> int:
        """Return the line, from 1, of the innermost part of *path* that the document has."""
        line = self.tree.start_mark.line + 1
        for mark in _along(self.tree, path):
            line = mark.line + 1
        return line


def documents(text: str) -> Iterator[Document]:
    """Yield the documents of a text; empty ones are passed over.

    :raises Unreadable: at the first place that can not be read.
    """
    try:
        for tree in yaml.compose_all(text, Loader=yaml.SafeLoader):
            _no_key_twice(tree)
            value = _Constructor().construct_document(tree)
            if value is not None:
                yield Document(value, tree)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line + 1 if mark else 1, f"this is no YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(1, f"this is no YAML: {error}") from None


def _no_key_twice(node: yaml.Node) -> None:
    """Refuse what YAML forbids and its reader overlooks: of two equal keys it takes the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise Unreadable(key.start_mark.line + 1, f"{key.value} stands there twice")
            seen.add(str(key.value))
            _no_key_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _no_key_twice(each)


def _along(node: yaml.Node | None, path: Path) -> Iterator[yaml.Mark]:
    for part in path:
        match node, part:
            case yaml.MappingNode(), str():
                pairs = [(key.start_mark, value) for key, value in node.value if key.value == part]
            case yaml.SequenceNode(), int():
                pairs = [(each.start_mark, each) for each in node.value[part : part + 1]]
            case _:
                return
        if not pairs:
            return
        mark, node = pairs[-1]
        yield mark

"""Server-side apply as far as the operator leans on it.

Fields have managers, and what a manager stops sending is removed. Maps are merged field by field;
lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sluiceway.build.objects import Object
from tests.fakes.served import copied

Field = tuple[str, ...]
Managers = dict[str, set[Field]]

_IDENTITY = {"apiVersion", "kind"}
_IDENTITY_METADATA = {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp"}


def fields(value: Any, path: Field = ()) -> Iterator[tuple[Field, Any]]:
    """Yield every field of an object with its value, its identity left out."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            identity = (not path and key in _IDENTITY) or (
                path == ("metadata",) and key in _IDENTITY_METADATA
            )
            if not identity:
                yield from fields(item, (*path, key))
    else:
        yield path, value


def merge(live: Object, sent: Object, managers: Managers, manager: str) -> Object:
    """Return *live* after *manager* applied *sent*, forced; *managers* is brought up to date."""
    new, old = dict(fields(sent)), managers.get(manager, set())
    foreign = {field for name, owned in managers.items() if name != manager for field in owned}
    taken = {field for field, value in new.items() if field in foreign and _value(live, field) != value}
    merged: Object = copied(live)
    for field in old - set(new) - foreign:
        _parent(merged, field).pop(field[-1], None)
    for field, value in new.items():
        _parent(merged, field)[field[-1]] = copied(value)
    for name, owned in managers.items():
        if name != manager:
            owned.difference_update(taken)
    managers[manager] = set(new)
    return merged


def _value(obj: Object, field: Field) -> Any:
    found: Any = obj
    for key in field:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _parent(obj: Object, field: Field) -> Object:
    for key in field[:-1]:
        if not isinstance(obj.get(key), dict):
            obj[key] = {}
        obj = obj[key]
    return obj

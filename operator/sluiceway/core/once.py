"""What is asked for from many places and always the same for one look is found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from sluiceway.core.state import State

Found = TypeVar("Found")


def once(rule: Callable[[State], Found]) -> Callable[[State], Found]:
    """Let a pure *rule* look at each State once, as `functools.cached_property` does with a method of it.

    For rules that know more than State does, which is why they are none of its methods.
    """
    key = f"{rule.__module__}.{rule.__qualname__}"

    @wraps(rule)
    def found(state: State) -> Found:
        known = state.__dict__
        if key not in known:
            known[key] = rule(state)
        result: Found = known[key]
        return result

    return found

"""What there is to show of every resource: one scene each, for as long as the resource is there."""

from __future__ import annotations

from collections.abc import Iterator

from sluiceway.core.plan import Plan
from sluiceway.core.scene import Scene
from sluiceway.runtime.keys import Key


class Scenes:
    """The last scene of every resource that can be read."""

    def __init__(self) -> None:
        self._known: dict[Key, Scene] = {}

    def follow(self, key: Key, plan: Plan) -> None:
        """Show what the plan for *key* led to; a plan without a scene forgets the key."""
        if plan.scene:
            self._known[key] = plan.scene
        else:
            self._known.pop(key, None)

    def get(self, key: Key) -> Scene | None:
        """Return what there is to show of *key*, None of one that is not known."""
        return self._known.get(key)

    def __iter__(self) -> Iterator[tuple[Key, Scene]]:
        """Yield all that is shown at this moment; another thread may ask."""
        yield from self._known.copy().items()

    def __len__(self) -> int:
        """Return how many resources are known."""
        return len(self._known)

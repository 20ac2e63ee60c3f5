"""Is what we want already there? Then nothing is written.

Server-side apply of an unchanged object changes nothing, yet it costs a request and an audit line
each time. Comparing first makes a settled resource cost nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, digest
from sluiceway.build.quantities import quantity


def stamped(intended: Object, said: Object | None = None) -> Object:
    """Return *intended* with the hash of itself as an annotation, or of *said*, the part that is our own.

    The hash tells that a field was taken out of the intent, which comparing values alone can not.
    """
    metadata = intended["metadata"]
    annotations = (metadata.get("annotations") or {}) | {
        names.ANNOTATION_INTENT: digest(intended if said is None else said)[:16]
    }
    return intended | {"metadata": metadata | {"annotations": annotations}}


def matches(intended: Any, live: Any) -> bool:
    """Tell whether *live* holds everything that *intended* says; what the server added is ignored.

    An empty value equals an absent one, since the API server leaves out many of them, and
    quantities are compared as numbers, since it rewrites them ("0.5" becomes "500m").
    """
    if intended == live:
        return True
    match intended:
        # Text first: there is most of it.
        case str():
            return intended == (live or "") or _same_quantity(intended, live)
        case Mapping():
            if live is None and not intended:
                return True
            return isinstance(live, Mapping) and all(
                matches(value, live.get(key)) for key, value in intended.items()
            )
        case Sequence():
            live = live or []
            return len(intended) == len(live) and all(map(matches, intended, live))
        case _:
            return bool(intended == live or (not intended and live is None) or _same_quantity(intended, live))


def _same_quantity(intended: Any, live: Any) -> bool:
    first, second = quantity(intended), quantity(live)
    return first is not None and first == second

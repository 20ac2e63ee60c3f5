"""Is what we want already there? Then nothing is written.

Server-side apply of an unchanged object changes nothing, yet it costs a request and an audit line
each time. Comparing first makes a settled resource cost nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, digest

# Bounded: a hash such as "1234567e89012345" is no quantity, and as a number nothing can hold it.
_QUANTITY = re.compile(r"([+-]?[0-9.]{1,40})(?:([eE][+-]?[0-9]{1,2})|(m|u|n|k|[KMGTPE]i?))?")
_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(10) ** 3,
    **{letter: Decimal(10) ** (3 * power) for power, letter in enumerate("KMGTPE", 1)},
    **{f"{letter}i": Decimal(2) ** (10 * power) for power, letter in enumerate("KMGTPE", 1)},
}  # fmt: skip


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
    match intended:
        case Mapping():
            if live is None and not intended:
                return True
            return isinstance(live, Mapping) and all(
                matches(value, live.get(key)) for key, value in intended.items()
            )
        case str():
            return intended == (live or "") or _same_quantity(intended, live)
        case Sequence():
            live = live or []
            return len(intended) == len(live) and all(map(matches, intended, live))
        case _:
            return bool(intended == live or (not intended and live is None) or _same_quantity(intended, live))


def _same_quantity(intended: Any, live: Any) -> bool:
    first, second = quantity(intended), quantity(live)
    return first is not None and first == second


def quantity(value: Any) -> Decimal | None:
    """Return a Kubernetes quantity as a number (apimachinery, resource.Quantity), None for other text."""
    found = None if isinstance(value, bool) else _QUANTITY.fullmatch(str(value))
    if not found or not found[1].strip("+-").replace(".", "", 1).isdigit():
        return None
    return Decimal(found[1] + (found[2] or "")) * _SUFFIXES.get(found[3] or "", Decimal(1))

"""Amounts as Kubernetes writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

# Bounded: a hash such as "1234567e89012345" is no quantity, and as a number nothing can hold it.
_QUANTITY = re.compile(r"([+-]?[0-9.]{1,40})(?:([eE][+-]?[0-9]{1,2})|(m|u|n|k|[KMGTPE]i?))?")
_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(10) ** 3,
    **{letter: Decimal(10) ** (3 * power) for power, letter in enumerate("KMGTPE", 1)},
    **{f"{letter}i": Decimal(2) ** (10 * power) for power, letter in enumerate("KMGTPE", 1)},
}  # fmt: skip


def quantity(value: Any) -> Decimal | None:
    """Return a Kubernetes quantity as a number (apimachinery, resource.Quantity), None for other text."""
    found = None if isinstance(value, bool) else _QUANTITY.fullmatch(str(value))
    if not found or not found[1].strip("+-").replace(".", "", 1).isdigit():
        return None
    return Decimal(found[1] + (found[2] or "")) * _SUFFIXES.get(found[3] or "", Decimal(1))

"""The CRD's rules, evaluated without an API server.

CEL has more functions in Kubernetes than in its own standard
(https://kubernetes.io/docs/reference/using-api/cel/); those that the rules use are given here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

import cel
from kubernetes.utils.quantity import parse_quantity


def holds(rule: str, value: Any) -> bool | None:
    """Tell whether *rule* holds for `self`; None where it can not be evaluated, and is refused."""
    context = cel.Context({"self": value}, functions=dict(_FUNCTIONS))
    try:
        # Kubernetes writes words that CEL reserves with underscores around them; this parser takes them bare.
        return bool(cel.evaluate(rule.replace("__namespace__", "namespace"), context))
    except (ValueError, TypeError, RuntimeError):
        return None


def _is_quantity(text: str) -> bool:
    try:
        parse_quantity(text)
    except ValueError:
        return False
    return True


def _quantity(text: str) -> str:
    """Return a quantity as plain digits: a value that the evaluator knows, and of which none is rounded."""
    return str(parse_quantity(text))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "isQuantity": _is_quantity,
    "quantity": _quantity,
    "isLessThan": lambda one, other: Decimal(one) < Decimal(other),
    "isGreaterThan": lambda one, other: Decimal(one) > Decimal(other),
    "isSorted": lambda values: all(one <= other for one, other in pairwise(values)),
    "sum": sum,
    "split": lambda text, at: text.split(at),
    "replace": lambda text, old, new: text.replace(old, new),
}

"""Routes, read as a data plane reads them."""

from __future__ import annotations

from itertools import chain

from sluiceway.api import names
from sluiceway.build.objects import Object


def rules_of(route: Object | None) -> list[Object]:
    """Return the rules of a route, none without one."""
    return list(((route or {}).get("spec") or {}).get("rules") or [])


def reached(route: Object | None) -> set[str]:
    """Return whom callers reach: by a share, or because they ask for it by header."""
    backends = chain.from_iterable(rule["backendRefs"] for rule in rules_of(route))
    return {backend["name"] for backend in backends if backend["weight"]}


def by_header(route: Object | None) -> set[str]:
    """Return whom callers may ask for by header."""
    return {
        backend["name"]
        for rule in rules_of(route)
        for backend in rule["backendRefs"]
        if any(
            header["name"] == names.HEADER_REVISION
            for match in rule["matches"]
            for header in match.get("headers", [])
        )
    }


def selected(service: Object | None) -> str:
    """Return the revision to which a Service leads, "" without one."""
    selector = ((service or {}).get("spec") or {}).get("selector") or {}
    return str(selector.get(names.LABEL_REVISION, ""))


def taken_up(route: Object) -> bool:
    """Tell whether the gateway has taken up a route as it is now."""
    parents = (route.get("status") or {}).get("parents") or []
    conditions = chain.from_iterable(parent.get("conditions", []) for parent in parents)
    seen = [condition["observedGeneration"] for condition in conditions]
    return bool(seen) and min(seen) >= route["metadata"]["generation"]

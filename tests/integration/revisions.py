"""Revisions brought up where no kubelet runs: the test says when their pods answer."""

from __future__ import annotations

from tests.support.cluster_view import View
from tests.support.poll import eventually

TRAFFIC = {"parentRefs": [{"name": "public"}], "hostnames": ["fraud.example.com"]}


def candidate(view: View, name: str) -> str:
    """Wait for the revision that is being tried and its pods; return its name."""

    def look() -> str | None:
        status = (view.get("mdep", name) or {}).get("status") or {}
        revision = status.get("candidate")
        if revision and view.list("pods", f"sluiceway.dev/revision={revision}"):
            return str(revision)
        return None

    return eventually(f"{name} has a candidate with pods", look)


def serve(view: View, name: str) -> str:
    """Bring the candidate to ready, wait until it serves, return its name."""
    revision = candidate(view, name)

    def look() -> bool:
        view.pods_serve(revision)
        return ((view.get("mdep", name) or {}).get("status") or {}).get("serving") == revision

    eventually(f"{revision} serves", look)
    return revision

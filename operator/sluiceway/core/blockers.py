"""What forbids writing: a name that somebody else holds, an object that the API server refuses."""

from __future__ import annotations

from collections.abc import Iterable

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object, ref_of
from sluiceway.core.finding import Finding
from sluiceway.core.observed import Observed
from sluiceway.core.ownership import Holder, describe_holder, holder

_REFUSED = {"Deployment": Reason.INVALID_POD, "HTTPRoute": Reason.ROUTE_NOT_ACCEPTED}


def name_conflict(observed: Observed, intended: Iterable[Object]) -> Finding | None:
    """Return whose name one of the *intended* objects would take; None when all are free or ours."""
    for obj in intended:
        live = observed.existing(obj)
        if live is not None and holder(observed.resource, live) is Holder.SOMEBODY_ELSE:
            ref = ref_of(obj)
            return Finding(
                Reason.NAME_CONFLICT,
                f"{ref.kind} {ref.name} belongs to {describe_holder(observed.resource, live)}: remove or"
                " rename it, or rename this ModelDeployment. Nothing new is started until then",
                needs_help=True,
            )
    return None


def refused(observed: Observed) -> Finding | None:
    """Return what the API server refused for good when the plan was carried out."""
    for ref, message in sorted(observed.rejections.items()):
        reason = _REFUSED.get(ref.kind, Reason.WRITE_REFUSED)
        return Finding(reason, f"the API server refuses {ref.kind} {ref.name}: {message}", needs_help=True)
    return None

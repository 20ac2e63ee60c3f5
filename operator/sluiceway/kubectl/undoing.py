"""Returning the spec to a revision on record: which one, what is written, and what Git will make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from sluiceway.api import names
from sluiceway.api.reasons import Reason
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object, digest
from sluiceway.core.revision import Revision, content
from sluiceway.core.state import State
from sluiceway.kubectl.finding import find
from sluiceway.kubectl.problems import Problem
from sluiceway.kubectl.snapshot import Snapshot

_MADE_OF = ("model", "runtime", "guard")
"""The fields of the spec that make a revision."""
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True)
class Undo:
    """A return to a revision on record."""

    before: Revision
    after: Revision
    spec: Object
    """The whole spec as it becomes."""
    operations: list[Object]
    """The JSON Patch that changes it, if nobody changed the spec meanwhile."""
    warnings: tuple[str, ...]


def undo(snapshot: Snapshot, to: str = "", *, force: bool = False) -> Undo:
    """Return what takes the spec back to revision *to*, by default the last that served before.

    :raises Problem: when there is none, when the spec asks for it already, or when it is refused, not forced.
    """
    state = State(snapshot.observed)
    target = find(state.recorded, to) if to else _served_before(state)
    wanted = state.wanted
    if target.name == wanted.name:
        raise Problem(f"the spec asks for {target.name} already: nothing is to be undone")
    _not_refused(state, target, force=force)
    spec = _spec(snapshot.raw, target)
    _same(snapshot.raw, spec, target)
    return Undo(
        before=wanted,
        after=target,
        spec=spec,
        operations=_operations(snapshot.raw, spec),
        warnings=tuple(_git(snapshot.raw["metadata"], target)),
    )


def document(snapshot: Snapshot, spec: Object) -> Object:
    """Return the resource as it is to stand in Git: without status, and without what tools noted on it."""
    metadata = snapshot.raw["metadata"]
    kept = {key: metadata[key] for key in ("name", "namespace")}
    if labels := metadata.get("labels"):
        kept["labels"] = labels
    return {"apiVersion": names.API_VERSION, "kind": names.KIND, "metadata": kept, "spec": spec}


def _served_before(state: State) -> Revision:
    """Return the last revision that served before the one that the spec asks for now."""
    wanted = state.wanted
    served = [one for one in state.recorded if one.name != wanted.name and _has_served(state, one.name)]
    earlier = [one for one in served if one.number < wanted.number] or served
    if not earlier:
        raise Problem(
            f"no revision on record has served before {wanted.name}; `kubectl sluiceway history"
            f" {state.owner.metadata.name} -n {state.owner.metadata.namespace}` lists them, --to names one"
        )
    return earlier[-1]


def _has_served(state: State, name: str) -> bool:
    """Tell whether a revision served, and was not taken back then."""
    outcome = state.outcome(name)
    served = outcome is not None and (outcome.served_from or outcome.reason == Reason.SERVING)
    return name == state.memory.stable or (bool(served) and not state.refusal(name))


def _not_refused(state: State, target: Revision, *, force: bool) -> None:
    refused = state.refusal(target.name)
    if refused is None or force:
        return
    where = f"{state.owner.metadata.name} -n {state.owner.metadata.namespace}"
    raise Problem(
        f"{target.name} is refused ({refused.reason}): {refused.message}. The operator would not try it."
        f" --force writes it all the same; `kubectl sluiceway retry {where}` then lets it be tried"
    )


def _spec(raw: Object, target: Revision) -> Object:
    """Return the spec with what makes the revision, and all else as it is."""
    given = target.data["content"]
    made = {key: given[key] for key in _MADE_OF if key in given}
    if given["modelName"] != raw["metadata"]["name"]:
        made["model"] = {"name": given["modelName"], **made["model"]}
    rest = {key: value for key, value in raw["spec"].items() if key not in _MADE_OF}
    return {**made, **rest}


def _same(raw: Object, spec: Object, target: Revision) -> None:
    """Check that the operator would take the new spec for exactly that revision."""
    try:
        asked = content(ModelDeployment.parse(raw | {"spec": spec}))
    except ValidationError as error:
        first = error.errors()[0]
        raise Problem(
            f"{target.name} can not be asked for any more: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        ) from None
    if digest(asked) != target.digest:
        raise Problem(
            f"{target.name} was recorded by a version of the operator that this plugin does not read alike:"
            f" write the spec by hand; `kubectl get controllerrevision {target.name} -o yaml` has it"
        )


def _operations(raw: Object, spec: Object) -> list[Object]:
    found: list[Object] = [
        {"op": "test", "path": "/metadata/generation", "value": raw["metadata"]["generation"]}
    ]
    for key in _MADE_OF:
        if key in spec:
            found.append({"op": "add", "path": f"/spec/{key}", "value": spec[key]})
        elif key in raw["spec"]:
            found.append({"op": "remove", "path": f"/spec/{key}"})
    return found


def _git(metadata: Object, target: Revision) -> Iterator[str]:
    """Yield who would put the old spec back, as labels and annotations tell."""
    remedy = "commit what `undo -o yaml --dry-run` prints instead"
    owners = _owners({**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})})
    for owner in owners:
        yield f"{owner} writes this resource and will put its own spec back over {target.name}: {remedy}"
    if not owners and _LAST_APPLIED in (metadata.get("annotations") or {}):
        yield f"the next `kubectl apply` of the file that this came from undoes the undoing: {remedy}"


def _owners(marks: Object) -> Sequence[str]:
    known = {
        "argocd.argoproj.io/tracking-id": "Argo CD",
        "argocd.argoproj.io/instance": "Argo CD",
        "kustomize.toolkit.fluxcd.io/name": "Flux (Kustomization)",
        "helm.toolkit.fluxcd.io/name": "Flux (HelmRelease)",
        "meta.helm.sh/release-name": "Helm",
    }
    return tuple(dict.fromkeys(who for mark, who in known.items() if mark in marks))

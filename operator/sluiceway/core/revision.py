"""Revisions: what makes a new one, how it is named, what its record holds.

A revision is one immutable version of model and runtime. Its content is exactly what the user gave
of both; values equal to their default are left out, so that a field which a later version of the
operator adds does not turn every model into a new revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.container import DEFAULTS, GuardSettings
from sluiceway.build.objects import Object, digest
from sluiceway.build.pod import pod_template

SCHEMA = 1
"""Version of the content's form; part of the hash."""
_SHORT = (5, 10)
"""Lengths of the hash in a name: the second when the first is taken by other content."""


@dataclass(frozen=True)
class Revision:
    """A revision as its ControllerRevision records it. `number` rises with every new or re-used one.

    `data` is the immutable part: schema, digest and content of what the user gave, and the pod
    template as it was rendered when the revision was first seen.
    """

    name: str
    number: int
    data: Object

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return str(self.data["digest"])

    @property
    def image(self) -> str:
        """The image of its runtime."""
        return str(self.data["content"]["runtime"]["image"])

    @property
    def source(self) -> str:
        """Where its model comes from, as people write it."""
        claim = self.data["content"]["model"]["source"]["persistentVolumeClaim"]
        return f"pvc://{claim['claimName']}/{claim.get('path', '')}".rstrip("/")

    @property
    def template(self) -> Object:
        """The pod template that every apply of this revision sends."""
        template: Object = self.data["template"]
        return template


def content(owner: ModelDeployment) -> Object:
    """Return what defines the revision that *owner* asks for."""
    given = owner.spec.model_dump(
        by_alias=True,
        exclude_defaults=True,
        exclude_none=True,
        mode="json",
        include={"model", "runtime", "guard"},
        exclude={"model": {"name"}},
    )
    # The name is the path under which callers reach the model, whether it is written out or not.
    return {"schema": SCHEMA, "modelName": owner.model_name, **given}


def wanted(owner: ModelDeployment, recorded: Sequence[Revision], guard: GuardSettings = DEFAULTS) -> Revision:
    """Return the revision that the spec asks for: a recorded one with the same content, or a new one.

    A recorded revision that is asked for again becomes the newest, as StatefulSet does it, and keeps
    the template that it was rendered with.
    """
    asked = content(owner)
    sought = digest(asked)
    newest = max((revision.number for revision in recorded), default=0)
    for revision in recorded:
        if revision.digest == sought:
            number = newest if revision.number == newest else newest + 1
            return replace(revision, number=number)
    name = _free_name(owner.metadata.name, sought, {revision.name for revision in recorded})
    template = pod_template(owner, name, guard)
    return Revision(
        name, newest + 1, {"schema": SCHEMA, "digest": sought, "content": asked, "template": template}
    )


def recorded(controller_revisions: Iterable[Object]) -> list[Revision]:
    """Read the records back, oldest first; one that another tool wrote under our label is passed over."""
    found = [
        Revision(name=record["metadata"]["name"], number=int(record.get("revision", 0)), data=data)
        for record in controller_revisions
        if (data := record.get("data") or {}).get("schema") == SCHEMA
    ]
    return sorted(found, key=lambda revision: revision.number)


def superfluous(recorded: Sequence[Revision], needed: set[str], limit: int) -> list[Revision]:
    """Return the oldest records beyond *limit*; one that is *needed* always stays."""
    free = [revision for revision in recorded if revision.name not in needed]
    return free[: max(0, len(recorded) - limit)]


def _free_name(owner: str, sought: str, taken: set[str]) -> str:
    candidates = [f"{owner}-{sought[:length]}" for length in _SHORT]
    return next((name for name in candidates if name not in taken), candidates[-1])

"""An API server in memory: `ports.Cluster`, and what other people and controllers do to the same objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.core.plan import Apply, Delete, Event, Write
from sluiceway.ports import Conflict, KindMissing, Refused
from tests.fakes.apply import Managers, fields, merge
from tests.fakes.objects import NAMESPACE, slices_of
from tests.fakes.served import Served, copied

OTHERS = "kubectl"
"""The field manager of everybody who is not the operator."""


class Crash(Exception):  # noqa: N818 - what happens to the operator, not an error of the API
    """The operator was killed right after a write."""


class FakeCluster:
    """Objects by address. `requests` lists every write that the operator asked for, whatever it changed."""

    def __init__(self, *, gateway_api: bool = True, keda: bool = True) -> None:
        self.objects: dict[Ref, Object] = {}
        self.events: list[Event] = []
        self.requests: list[str] = []
        self.gateway_api = gateway_api
        self.keda = keda
        self.refused: dict[str, str] = {}
        """Kinds whose objects an admission webhook refuses, with its words."""
        self.hidden: set[str] = set()
        """Kinds that the operator has no right to see."""
        self.crash_after: int | None = None
        """After how many requests from now on the operator is killed."""
        self.before_write: Callable[[Write], None] = lambda _write: None
        self.changed: Callable[[Ref, Object | None, Object | None], None] = lambda _ref, _before, _after: None
        """Told of every change of an object, whoever made it."""
        self.slices: tuple[Object, ...] | None = None
        """What the EndpointSlice controller wrote last; None while it is never behind."""
        self.version = 100
        self._managers: dict[Ref, Managers] = {}
        self._served = Served()

    async def get(self, ref: Ref) -> Object | None:
        """Return an object as the API server shows it."""
        return (
            self._served.copy(ref, self.objects[ref])
            if ref in self.objects and self._serves(ref.kind)
            else None
        )

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        """Return the objects of one kind with these labels."""
        if not self._serves(kind):
            raise KindMissing(f"the server could not find the requested resource: {kind}")
        if kind in self.hidden:
            raise Refused(f"{kind} is forbidden: the operator can not list it at the cluster scope")
        if kind == "EndpointSlice" and self.slices is not None:
            return list(self.slices)
        if kind == "EndpointSlice":
            return list(slices_of(await self.list("v1", "Pod", namespace, labels)))
        return [
            self._served.copy(ref, self.objects[ref])
            for ref in sorted(
                ref for ref in self.objects if (ref.api_version, ref.kind) == (api_version, kind)
            )
            if namespace in (None, ref.namespace)
            and (labels or {}).items() <= self.objects[ref]["metadata"].get("labels", {}).items()
        ]

    async def write(self, write: Write) -> Object | None:
        """Carry out one write of a plan."""
        self.before_write(write)
        match write:
            case Apply():
                self._apply(write)
            case Delete(ref=ref, uid=uid):
                if ref in self.objects:
                    if self.objects[ref]["metadata"]["uid"] != uid:
                        raise Conflict(f"the UID in the precondition ({uid}) is not that of {ref}")
                    self.remove(ref)
        self._requested(str(write))
        return await self.get(write.ref)

    async def write_status(self, owner: Object, status: Object) -> None:
        """Replace the status of the resource, if it is still the one with that uid."""
        ref = ref_of(owner)
        live = self.objects.get(ref)
        if live is None or live["metadata"]["uid"] != owner["metadata"]["uid"]:
            raise Conflict(f"{ref} is gone")
        if live.get("status") != status:
            self._store(ref, live | {"status": copied(status)})
        self._requested("status")

    async def record(self, owner: Object, event: Event) -> None:
        """Keep an Event."""
        assert ref_of(owner).kind == names.KIND
        self.events.append(event)
        self._requested(f"event {event.reason}")

    def put(self, obj: Object) -> Ref:
        """Let somebody else create or replace an object; it gets a uid if it has none."""
        ref = ref_of(obj)
        identity = {"uid": obj["metadata"].get("uid", f"uid-{self.version}")}
        self._managers[ref] = {OTHERS: {field for field, _ in fields(obj)}}
        self._store(ref, copied(obj) | {"metadata": copied(obj["metadata"]) | identity})
        return ref

    def edit(self, ref: Ref, change: Callable[[Object], object]) -> None:
        """Let somebody else change an object in place."""
        changed = copied(self.objects[ref])
        change(changed)
        self._store(ref, changed)

    def remove(self, ref: Ref, *, orphan: bool = False) -> None:
        """Delete an object at once; its dependents become orphans, or are left to `collect_garbage`."""
        removed = self.objects.pop(ref)
        uid = removed["metadata"]["uid"]
        self._managers.pop(ref, None)
        self.version += 1
        self.changed(ref, removed, None)
        if orphan:
            for other in [other for other, obj in self.objects.items() if uid in _owners(obj)]:
                self.edit(other, lambda obj: obj["metadata"].pop("ownerReferences"))

    def collect_garbage(self) -> bool:
        """Delete one object whose owners are all gone, as the garbage collector does."""
        living = {obj["metadata"]["uid"] for obj in self.objects.values()}
        for ref, obj in sorted(self.objects.items()):
            if _owners(obj) and not _owners(obj) & living:
                self.remove(ref)
                return True
        return False

    def of_kind(self, kind: str) -> dict[str, Object]:
        """Return the objects of one kind by name, but for those of somebody else's namespaces."""
        ours = (NAMESPACE, "")
        found = {
            ref.name: obj for ref, obj in self.objects.items() if ref.kind == kind and ref.namespace in ours
        }
        return {name: found[name] for name in sorted(found)}

    def _apply(self, write: Apply) -> None:
        ref, live = write.ref, self.objects.get(write.ref)
        if ref.kind in self.refused:
            raise Refused(self.refused[ref.kind])
        version = live["metadata"]["resourceVersion"] if live else None
        if (live and write.creates) or write.expected_version not in (None, version):
            raise Conflict(f"the object has been modified: {ref} is at {version}")
        identity = {"name": ref.name, "namespace": ref.namespace, "uid": f"uid-{self.version}"}
        before = live or {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": identity}
        managers = self._managers.setdefault(ref, {})
        after = merge(before, write.obj, managers, write.manager)
        if ref.kind == "ControllerRevision":
            _unchanged(before, after, "data")
        if "selector" in (before.get("spec") or {}) and ref.kind == "Deployment":
            _unchanged(before["spec"], after["spec"], "selector")
        if after != before:
            self._store(ref, after)

    def _store(self, ref: Ref, obj: Object) -> None:
        self.version += 1
        before = self.objects.get(ref)
        known = before["metadata"] if before else {"generation": 0}
        changed = before is None or before.get("spec") != obj.get("spec")
        stamp = {"creationTimestamp": f"2026-07-30T03:00:00.{self.version:06}Z"} if before is None else {}
        current = {"generation": known["generation"] + changed, "resourceVersion": str(self.version)}
        self.objects[ref] = obj | {"metadata": stamp | obj["metadata"] | current}
        self.changed(ref, before, self.objects[ref])

    def _requested(self, what: str) -> None:
        self.requests.append(what)
        if self.crash_after is not None:
            self.crash_after -= 1
            if self.crash_after == 0:
                self.crash_after = None
                raise Crash(what)

    def _serves(self, kind: str) -> bool:
        if kind == "ScaledObject":
            return self.keda
        return self.gateway_api or kind not in ("HTTPRoute", "Gateway")


def _owners(obj: Object) -> set[str]:
    return {reference["uid"] for reference in obj["metadata"].get("ownerReferences", [])}


def _unchanged(before: Object, after: Object, field: str) -> None:
    if field in before and before[field] != after[field]:
        raise Refused(f"{field}: field is immutable")

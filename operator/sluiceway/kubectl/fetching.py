"""What the commands read from the cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from sluiceway.api import names
from sluiceway.cli import plan as planning
from sluiceway.kubectl.live import Operator
from sluiceway.kubectl.problems import Problem
from sluiceway.kubectl.seeing import view_of
from sluiceway.kubectl.session import Session, Where, not_there, with_session
from sluiceway.kubectl.snapshot import Snapshot, look
from sluiceway.kubectl.tables import Row, row_of
from sluiceway.kubectl.view import View
from sluiceway.ports import Refused

_PATIENCE_SECONDS = 2
"""For completion: who presses Tab does not wait for a cluster that is away."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def rows(where: Where, *, everywhere: bool) -> tuple[str, list[Row]]:
    """Return the namespace that was looked at, and its ModelDeployments."""

    async def work(session: Session) -> tuple[str, list[Row]]:
        namespace = None if everywhere else session.namespace
        found = await session.cluster.list(names.API_VERSION, names.KIND, namespace)
        return session.namespace, [row_of(each) for each in found]

    return with_session(where, work)


def names_in(where: Where) -> list[str]:
    """Return the names of a namespace's ModelDeployments, none when that takes long or fails."""
    return _completed(where, names.API_VERSION, names.KIND, {})


def revisions_of(where: Where, name: str) -> list[str]:
    """Return the names of a ModelDeployment's revisions, none when that takes long or fails."""
    labels = {names.LABEL_MANAGED_BY: names.MANAGED_BY, names.LABEL_MODEL_DEPLOYMENT: name}
    return _completed(where, "apps/v1", "ControllerRevision", labels)


def _completed(where: Where, api_version: str, kind: str, labels: Mapping[str, str]) -> list[str]:
    async def work(session: Session) -> list[str]:
        listed = session.cluster.list(api_version, kind, session.namespace, labels)
        return [each["metadata"]["name"] for each in await asyncio.wait_for(listed, _PATIENCE_SECONDS)]

    with suppress(Problem, TimeoutError):
        return with_session(where, work)
    return []


def snapshot(where: Where, name: str) -> Snapshot:
    """Return one look at a ModelDeployment."""
    return with_session(where, lambda session: look(session.cluster, session.namespace, name, now()))


async def seen(session: Session, operator: Operator, name: str) -> View:
    """Return what is shown of a ModelDeployment now, with the live figures that *operator* tells."""
    found, live = await asyncio.gather(
        look(session.cluster, session.namespace, name, now()), operator.live(session.namespace, name)
    )
    return view_of(found, live)


def view(where: Where, name: str) -> View:
    """Return what is shown of a ModelDeployment, live figures included."""
    return with_session(where, lambda session: seen(session, Operator(session.cluster), name))


def notes(where: Where, name: str, *, namespaced: bool) -> Sequence[str]:
    """Return what the operator would do for a ModelDeployment now, and why."""

    async def work(session: Session) -> Sequence[str]:
        try:
            found = await planning.notes(session.cluster, now, session.namespace, name, namespaced=namespaced)
        except Refused as error:
            if namespaced or "forbidden" not in str(error):
                raise
            raise Problem(f"{error}: with rights in one namespace only, say so with --namespaced") from error
        if found is None:
            raise not_there(name, session.namespace)
        return found

    return with_session(where, work)

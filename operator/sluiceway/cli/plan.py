"""What the operator would do for one ModelDeployment: looked at and decided as it does, not written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import ValidationError

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Ref
from sluiceway.core.decide import decide
from sluiceway.core.invalid import refuse
from sluiceway.ports import Cluster
from sluiceway.runtime.observe import Observer


async def notes(
    cluster: Cluster, clock: Callable[[], datetime], namespace: str, name: str, *, namespaced: bool
) -> Sequence[str] | None:
    """Return the notes of the plan for a ModelDeployment, None when there is none of that name.

    With *namespaced* nothing outside its namespace is listed, as by an operator that has rights there
    only.

    :raises KindMissing: when the ModelDeployment CRD is not installed.
    """
    raw = await cluster.get(Ref(names.API_VERSION, names.KIND, namespace, name))
    if raw is None:
        # To a get, a missing resource and a missing kind look the same.
        await cluster.list(names.API_VERSION, names.KIND, namespace)
        return None
    try:
        resource = ModelDeployment.parse(raw)
    except ValidationError as error:
        return refuse(raw, error, clock()).notes
    observer = Observer(cluster, clock, namespace if namespaced else None)
    return decide(await observer.look(resource)).notes

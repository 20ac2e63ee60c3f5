"""What the callers of the core need from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sluiceway.build.objects import Object, Ref
from sluiceway.core.meters import Pace
from sluiceway.core.plan import Event, Write
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.vectors import NoAnswer, Vector
from sluiceway.core.verification import Answers, Ask


class ClusterError(Exception):
    """The API server did not do what was asked."""


class Unavailable(ClusterError):  # noqa: N818 - a state of the server
    """No answer, or one that says "later" (429, 5xx): worth another try."""


class Conflict(ClusterError):  # noqa: N818 - the API's own word
    """The object is not what was observed (409): look again and decide again."""


class Refused(ClusterError):  # noqa: N818 - a verdict
    """The request is wrong or not allowed (other 4xx): the same request will be refused again."""


class KindMissing(ClusterError):  # noqa: N818 - a state of the cluster
    """There is nothing at that path (404): for a list, the API server does not know the kind."""


class Reads(Protocol):
    """Who may look into the API server, in plain objects. Each method makes one request and raises
    ClusterError.
    """

    async def get(self, ref: Ref) -> Object | None:
        """Return an object, None when there is none."""
        ...

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        """Return the objects of one kind with these labels; of every namespace when it is None."""
        ...


class Cluster(Reads, Protocol):
    """The API server, for who may also write. Each method makes one request and raises ClusterError."""

    async def write(self, write: Write) -> Object | None:
        """Carry out one write of a plan; return the object as it is then, None after a deletion."""
        ...

    async def write_status(self, owner: Object, status: Object) -> None:
        """Write the whole status of the resource *owner*, if it is still the one with that uid."""
        ...

    async def record(self, owner: Object, event: Event) -> None:
        """Write one Event about *owner*."""
        ...


class Prober(Protocol):
    """Asks one pod of a revision what `core.verification.verdict` needs to know. Raises nothing."""

    async def ask(self, ask: Ask) -> Answers:
        """Return the model's signature and its answers to the golden inputs, asked one after another.

        It ends within the sum of the golden inputs' deadlines and a few seconds. Guards are told, by the
        header of previews, that these are no requests of users.
        """
        ...


class Guards(Protocol):
    """Reads the counters of one guard. Raises nothing."""

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard has counted; every kind of failure is no answer, with the reason in words.

        It ends within half a second.

        Args:
            target: `address:port` of the guard's own port.
        """
        ...


class Signals(Protocol):
    """Asks providers of metrics, which the operator's configuration names. Raises nothing."""

    async def ask(self, provider: str, query: str, at: datetime) -> Vector | NoAnswer:
        """Return what *query* finds at a moment; every kind of failure is no answer, with the reason.

        It ends within the provider's timeout, whatever the provider does.
        """
        ...

    def pace(self, provider: str) -> Pace:
        """Return how a provider is to be read; any will do for one that nobody knows."""
        ...

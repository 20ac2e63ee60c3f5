"""What became of every revision that is on record."""

from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ApiModel, SchemaKeys
from sluiceway.api.scalars import Int32, Int64, Text

MOST_ENTRIES = 20
MAX_MESSAGE = 512

Time = Annotated[str, SchemaKeys({"format": "date-time"})]


class Entry(ApiModel):
    """One revision: what it is, when it served, and how its last attempt to do so ended."""

    revision: Annotated[str, Field(min_length=1, max_length=63)]
    """Its name, that of its ControllerRevision too."""

    number: Annotated[Int64, Field(ge=0)]
    """Rises with every revision that is new, or asked for again."""

    digest: Annotated[str, Field(max_length=64)]
    """SHA-256 of what defines it, in hexadecimal."""

    image: Text
    """Its image."""

    model: Text
    """Source of its model."""

    attempt: Annotated[Int32, Field(ge=1)]
    """How often it was tried, the last attempt included."""

    outcome: Annotated[str, Field(min_length=1, max_length=64)]
    """How its last attempt went: Pending (it does not serve yet), Serving, Served, Superseded, LoadFailed and
    SignatureChanged, after which it may be tried again; RolledBack, Aborted, GoldenMismatch and CauseShared,
    after which it is refused until somebody retries it."""

    served_from: Time | None = None
    """When it began to serve all requests the last time, absent when it never did."""

    served_until: Time | None = None
    """When another revision took over from it, absent while it serves."""

    ended_at: Time | None = None
    """When the attempt ended, absent while it lasts or serves."""

    message: Annotated[str, Field(max_length=MAX_MESSAGE)] | None = None
    """Why it ended so, with the numbers that decided it."""

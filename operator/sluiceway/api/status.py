"""What the operator reports."""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.history import MOST_ENTRIES, Entry
from sluiceway.api.meta import ApiModel, SchemaKeys, map_list
from sluiceway.api.scalars import Int32, Int64, Text

Count = Annotated[Int32, Field(ge=0)]


class Condition(ApiModel):
    """One thing that is true, false or not known about the ModelDeployment."""

    type: Annotated[str, Field(min_length=1, max_length=316)]
    """What it is about, such as Ready."""

    status: Literal["True", "False", "Unknown"]
    """Whether it is so."""

    observed_generation: Annotated[Int64, Field(ge=0)] | None = None
    """Generation of the spec that this was found for."""

    last_transition_time: Annotated[str, SchemaKeys({"format": "date-time"})]
    """When status last changed."""

    reason: Annotated[
        str, Field(min_length=1, max_length=256, pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
    ]
    """Why, in one word."""

    message: Annotated[str, Field(max_length=4096)]
    """Why, in a sentence, with the numbers that decided it and what can be done."""


class Address(ApiModel):
    """Where the revision that serves is reached inside the cluster."""

    http: Text | None = None
    """URL of Triton's HTTP interface."""

    grpc: Text | None = None
    """Host and port of Triton's gRPC interface."""


class Commands(ApiModel):
    """What people may ask for: each is what to write into the annotation `sluiceway.dev/NAME` to ask for it,
    the revision, its attempt and its step. A command that would do nothing is absent.
    """

    pause: Text | None = None
    """Let the rollout stand still where it is."""

    resume: Text | None = None
    """Let it go on."""

    promote: Text | None = None
    """End the step now, whatever it waits for."""

    abort: Text | None = None
    """Take the requests back from the revision and refuse it."""

    retry: Text | None = None
    """Try a refused revision again."""


class ModelDeploymentStatus(ApiModel):
    """What the operator found and did."""

    observed_generation: Annotated[Int64, Field(ge=-1)] | None = None
    """Generation of the spec that this status speaks of; -1 until the operator has seen the first one."""

    conditions: Annotated[tuple[Condition, ...], Field(max_length=32), map_list("type")] = ()
    """What is true, false or not known. Ready sums it up."""

    serving: Text | None = None
    """Name of the revision that serves."""

    candidate: Text | None = None
    """Name of the revision that is being tried."""

    candidate_weight: Annotated[Int32, Field(ge=0, le=100)] | None = None
    """Share of the requests that the candidate gets, in percent."""

    step: Text | None = None
    """Step of the rollout, of how many, such as 2/4."""

    replicas: Count | None = None
    """Number of pods of the revision that serves, or of the wanted one while none serves."""

    ready_replicas: Count | None = None
    """Number of pods that answer."""

    selector: Annotated[str, Field(max_length=1024)] | None = None
    """Label selector of these pods, for autoscalers that scale the ModelDeployment itself."""

    image: Text | None = None
    """Image of the revision that serves, or of the wanted one while none serves."""

    model: Text | None = None
    """Source of the model that serves, or of the wanted one while none serves."""

    address: Address | None = None
    """Where the model is reached inside the cluster."""

    commands: Commands | None = None
    """What people may ask for now, ready to be written into an annotation."""

    history: Annotated[tuple[Entry, ...], Field(max_length=MOST_ENTRIES), map_list("revision")] = ()
    """What became of the revisions on record, the newest number first. Beyond 20 the oldest are left out;
    those that serve, are tried or are kept warm are not."""

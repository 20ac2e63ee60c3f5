"""Service-level objectives: what a new revision is judged by, and how careful the judge is."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import NOT_EMPTY, ApiModel, Rule, map_list
from sluiceway.api.objectives import IMPLICIT, Objective, ObjectiveType
from sluiceway.api.queries import GatewaySignals
from sluiceway.api.scalars import Int32

FalseRollbackPercent = Annotated[
    str,
    Field(min_length=1, max_length=32),
    Rule(
        "self.matches('^([0-9]([.][0-9]{1,4})?|10([.]0{1,4})?)$') && double(self) > 0.0",
        "Give a number above 0 and of at most 10 with at most 4 decimals, in quotes, such as '0.1'",
    ),
]


class CallerErrors(StrEnum):
    """Whether callers' errors are judged without an objective that says so."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"


class OnInsufficient(StrEnum):
    """What happens when a step has not seen enough requests in time."""

    HOLD = "Hold"
    PROMOTE = "Promote"
    ROLLBACK = "Rollback"


class OnNoData(StrEnum):
    """What happens when nothing is measured."""

    HOLD = "Hold"
    ROLLBACK = "Rollback"
    CONTINUE = "Continue"


class OnStableBroken(StrEnum):
    """What happens when both revisions break an objective."""

    HOLD = "Hold"
    ADVANCE = "Advance"


class Slo(ApiModel):
    """What a new revision is judged by, while it is tried and after it took over."""

    objectives: Annotated[tuple[Objective, ...], Field(max_length=8), NOT_EMPTY, map_list("name")]
    """Bounds on the share of bad requests. A revision that breaks one is taken back and refused."""

    gateway: GatewaySignals | None = None
    """Metrics of the gateway by which ErrorRate, Latency and CallerError are judged as well: it sees what
    callers saw, also when a pod refused the connection. A breach that either sees is a breach. Without it
    the guards alone tell."""

    caller_errors: CallerErrors = CallerErrors.ENABLED
    """Whether callers' errors (HTTP 4xx and their gRPC kin) are judged against the stable revision even when
    no objective of type CallerError is listed: a model that renamed an input refuses all of its callers.
    One that is listed is judged in any case."""

    false_rollback_percent: FalseRollbackPercent = "0.1"
    """Probability of taking back a healthy revision, over the whole rollout and all objectives, in percent,
    as text. A lower one needs more bad requests before a revision is taken back."""

    hiccup_samples: Annotated[Int32, Field(ge=1, le=20)] = 4
    """In how many samples of half a second bad requests have to be seen before a revision is taken back, so
    that one hiccup of a second takes back none. With 1 no hiccup is tolerated."""

    min_requests: Annotated[Int32, Field(ge=0, le=1_000_000)] = 100
    """How many requests a step has to see before the next one may begin; events, where an objective of type
    Custom counts others. All that measures has to see so many."""

    max_step_seconds: Annotated[Int32, Field(ge=1, le=604_800)] = 3600
    """How long a step waits for minRequests, in seconds in which the revision was measured."""

    on_insufficient: OnInsufficient = OnInsufficient.HOLD
    """What happens when a step has not seen minRequests within maxStepSeconds. Hold waits on, Promote begins
    the next step, Rollback takes the revision back."""

    no_data_seconds: Annotated[Int32, Field(ge=1, le=86_400)] = 60
    """How long nothing may be measured before onNoData applies, in seconds. Until then the rollout holds."""

    on_no_data: OnNoData = OnNoData.HOLD
    """What happens when nothing was measured for noDataSeconds. Hold waits until it is, Rollback takes the
    revision back, Continue goes on by time alone."""

    on_stable_broken: OnStableBroken = OnStableBroken.HOLD
    """What happens when the stable revision breaks the same objective as the new one. Hold waits, Advance
    goes on, so that a fix can replace a stable revision that is broken."""

    @property
    def alpha(self) -> float:
        """Probability of taking back a healthy revision, as a share."""
        return float(Decimal(self.false_rollback_percent) / 100)

    @property
    def all_objectives(self) -> tuple[Objective, ...]:
        """The objectives that are judged: those listed, and last the implicit one on callers' errors."""
        listed = {one.type for one in self.objectives}
        if self.caller_errors is CallerErrors.DISABLED or ObjectiveType.CALLER_ERROR in listed:
            return self.objectives
        return (*self.objectives, Objective(name=IMPLICIT, type=ObjectiveType.CALLER_ERROR))

"""How a new revision takes over: in steps of weight, by one switch, or at once."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ATOMIC, ApiModel, Rule, rule, rules
from sluiceway.api.scalars import CountOrPercent, Int32

Percent = Annotated[Int32, Field(ge=1, le=100)]
Seconds = Annotated[Int32, Field(ge=0, le=604_800)]

_RISING = Rule(
    "self.all(a, self.exists_one(b, b.weight == a.weight))"
    " && (size(self) < 2 || self.map(step, step.weight).isSorted())",
    "Let the weights rise from step to step",
)

DEFAULT_KEEP_PREVIOUS_SECONDS = 600
DEFAULT_BAKE_SECONDS = 600


def some(field: str) -> str:
    """Return, in CEL, whether a number or percentage is above zero."""
    return f"string(self.{field}).matches('[1-9]')"


class Strategy(StrEnum):
    """How traffic moves to a new revision."""

    CANARY = "Canary"
    BLUE_GREEN = "BlueGreen"
    ALL_AT_ONCE = "AllAtOnce"


class Preview(StrEnum):
    """Whether callers may choose a revision by a header."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"


class Step(ApiModel):
    """One step of a canary: a share of the requests, and how long it lasts."""

    weight: Percent
    """Share of the requests that the new revision gets, in percent."""

    seconds: Seconds = 60
    """How long the step lasts before the next one may begin, in seconds."""

    gate: bool = False
    """Whether the step lasts until somebody promotes the revision, however long that takes."""


class Linear(ApiModel):
    """Steps of equal size, up to all requests."""

    weight: Percent
    """By how much every step raises the share of the new revision, in percent."""

    seconds: Seconds = 60
    """How long every step lasts, in seconds."""


class RollbackWindow(ApiModel):
    """Which revisions may come back without steps."""

    revisions: Annotated[Int32, Field(ge=1, le=20)]
    """How many revisions are in it: those that served last before the one that serves now."""


class Rollout(ApiModel):
    """How a new revision takes over from the one that serves. A change here makes no new revision."""

    model_config = rules(
        rule(
            "self.strategy == 'Canary' || (!has(self.steps) && !has(self.linear))",
            "Leave out steps and linear, or set strategy to Canary: the others move all requests at once",
            field=".strategy",
        ),
        rule(
            "!has(self.steps) || size(self.steps) == 0 || !has(self.linear)",
            "Give either steps or linear: linear is the short form of steps of equal size",
            field=".linear",
        ),
        rule(
            "self.strategy != 'AllAtOnce' || !has(self.keepPreviousSeconds)",
            "Leave out keepPreviousSeconds, or set strategy to BlueGreen: AllAtOnce keeps nothing",
            field=".keepPreviousSeconds",
        ),
        rule(
            "self.strategy != 'AllAtOnce' || !has(self.bakeSeconds)",
            "Leave out bakeSeconds, or set strategy to BlueGreen: AllAtOnce keeps nothing to return to",
            field=".bakeSeconds",
        ),
        rule(
            "!has(self.bakeSeconds) || self.bakeSeconds <= (has(self.keepPreviousSeconds)"
            f" ? self.keepPreviousSeconds : {DEFAULT_KEEP_PREVIOUS_SECONDS})",
            f"Let bakeSeconds be at most keepPreviousSeconds ({DEFAULT_KEEP_PREVIOUS_SECONDS} when absent):"
            " after that there is nothing to return to",
            field=".bakeSeconds",
        ),
        rule(
            "!has(self.rollbackWindow) || self.strategy == 'Canary'",
            "Leave out rollbackWindow, or set strategy to Canary: the others have no steps to leave out",
            field=".rollbackWindow",
        ),
        rule(
            "!has(self.rollbackWindow) || self.rollbackWindow.revisions < self.historyLimit",
            "Let rollbackWindow.revisions be less than historyLimit (10 when absent): the one that serves is"
            " on record too, and what is not can not come back",
            field=".rollbackWindow",
        ),
        rule(
            "!has(self.maxSurge) || self.strategy == 'Canary'",
            "Leave out maxSurge, or set strategy to Canary: the others start all pods of the new revision"
            " before they move a request",
            field=".maxSurge",
        ),
        rule(
            "!has(self.maxUnavailable) || has(self.maxSurge)",
            "Leave out maxUnavailable, or give maxSurge: without a bound on the pods none has to go early",
            field=".maxUnavailable",
        ),
        rule(
            f"!has(self.maxSurge) || {some('maxSurge')}"
            f" || (has(self.maxUnavailable) && {some('maxUnavailable')})",
            "Let maxUnavailable be 1 or more, or maxSurge: with neither no pod could ever be exchanged",
            field=".maxSurge",
        ),
    )

    strategy: Strategy = Strategy.CANARY
    """How traffic moves to a new revision. Canary raises its share step by step. BlueGreen starts all of its
    pods, then moves all requests in one write and keeps the previous revision for a while. AllAtOnce does the
    same and keeps nothing. Without traffic there are no shares: Canary then does what BlueGreen does."""

    steps: Annotated[tuple[Step, ...], Field(max_length=20), ATOMIC, _RISING] = ()
    """Steps of a Canary. Without them and without linear: 5, 25, 50 and 100 percent for a minute each."""

    linear: Linear | None = None
    """Short form of steps of equal size."""

    keep_previous_seconds: Seconds | None = None
    """How long the revision that served before keeps all its pods after a new one took over, in seconds, so
    that returning to it takes no loading. 600 when absent."""

    bake_seconds: Seconds | None = None
    """How long a new revision is judged by its objectives after it took over, in seconds, while the previous
    one is kept to return to. When absent, 600 or keepPreviousSeconds, whichever is less."""

    max_surge: CountOrPercent | None = None
    """How many pods beyond the usual number a Canary may have, as a number or a percentage of that, rounded
    up. With 0, pods take the places of those that serve, one by one: for GPUs that are all in use. Requests
    then follow the pods, also when they are taken back. Without it every revision that may have to take all
    requests has the pods for that."""

    max_unavailable: CountOrPercent | None = None
    """How many pods fewer than the usual number may answer while pods are exchanged, as a number or a
    percentage of that, rounded down. 0 when absent. With maxSurge only."""

    preview: Preview = Preview.ENABLED
    """Whether the header sluiceway-revision: NAME leads to the revision of that name while it is tried or
    kept, whatever the weights are. Such requests are not evidence for or against it."""

    allow_signature_change: bool = False
    """Whether a new revision may drop or change inputs and outputs of the one that serves, which breaks its
    callers. Without it, such a revision gets no requests."""

    rollback_window: RollbackWindow | None = None
    """Lets a Canary leave out its steps for a revision that served lately, when the spec asks for it again:
    it takes over by one switch as soon as it has pods for everything, and is then judged as every other. One
    that was refused since has to be retried, and takes the steps. Without it nobody leaves them out."""

    history_limit: Annotated[Int32, Field(ge=1, le=100)] = 10
    """How many revisions are kept on record; those in use and those that were refused stay in any case."""

"""Objectives: bounds on the share of bad requests, and what makes a request bad."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from sluiceway.api.grpc_codes import CALLER_ERRORS, SERVER_ERRORS, GrpcCode
from sluiceway.api.latencies import BUCKETS, BUCKETS_MILLISECONDS, Threshold
from sluiceway.api.meta import SET, ApiModel, Rule, rule, rules
from sluiceway.api.queries import Query
from sluiceway.api.scalars import Int32

IMPLICIT = "callers"
"""Name of the objective on callers' errors that is judged without being listed."""

DEFAULT_TIMEOUT_SECONDS = 10

ObjectiveName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Rule(
        "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
        "Name an objective with small letters, digits and -, such as fast-enough",
    ),
]

TargetPercent = Annotated[
    str,
    Field(min_length=1, max_length=32),
    Rule(
        "self.matches('^[5-9][0-9]([.][0-9]{1,4})?$')",
        "Give a number of at least 50 and below 100 with at most 4 decimals, in quotes, such as '99.5'",
    ),
]


class ObjectiveType(StrEnum):
    """What makes a request bad."""

    ERROR_RATE = "ErrorRate"
    LATENCY = "Latency"
    CALLER_ERROR = "CallerError"
    CUSTOM = "Custom"


_BAD_CODES = {ObjectiveType.ERROR_RATE: SERVER_ERRORS, ObjectiveType.CALLER_ERROR: CALLER_ERRORS}


class Objective(ApiModel):
    """A bound on the share of bad requests."""

    model_config = rules(
        rule(
            "self.type == 'CallerError' || has(self.targetPercent)",
            "Give targetPercent, the share of requests that have to be good, such as '99.5'",
            field=".targetPercent",
        ),
        rule(
            "self.type != 'CallerError' || !has(self.targetPercent)",
            "Leave targetPercent out for CallerError: it is judged against the stable revision only",
            field=".targetPercent",
        ),
        rule(
            "self.type != 'Latency' || has(self.thresholdMilliseconds)",
            "Give thresholdMilliseconds: a request that takes longer is bad",
            field=".thresholdMilliseconds",
        ),
        rule(
            "self.type == 'Latency' || !has(self.thresholdMilliseconds)",
            "Leave out thresholdMilliseconds, or set type to Latency: the others are not about time",
            field=".thresholdMilliseconds",
        ),
        rule(
            "self.type == 'ErrorRate' || !has(self.timeoutSeconds)",
            "Leave out timeoutSeconds, or set type to ErrorRate: only there a request that gets no answer"
            " counts as failed",
            field=".timeoutSeconds",
        ),
        rule(
            "self.type in ['ErrorRate', 'CallerError'] || !has(self.grpcCodes)",
            "Leave grpcCodes out for Latency and Custom: these do not ask with which status a request ends",
            field=".grpcCodes",
        ),
        rule(
            "(self.type == 'Custom') == has(self.query)",
            "Give query, the counters of all events and of the bad ones, for Custom and only there",
            field=".query",
        ),
        rule(
            f"self.name != '{IMPLICIT}' || self.type == 'CallerError'",
            f"Choose another name: {IMPLICIT} is that of the objective which callerErrors stands for",
            field=".name",
        ),
    )

    name: ObjectiveName
    """Name of the objective; conditions and messages use it."""

    type: ObjectiveType
    """What makes a request bad. ErrorRate: the server failed it (HTTP 5xx and their gRPC kin) or never
    answered. Latency: its answer took longer than thresholdMilliseconds. CallerError: it was refused as asked
    wrongly (HTTP 4xx and their gRPC kin), which is judged against the stable revision only. Custom: what
    query counts as bad."""

    target_percent: TargetPercent | None = None
    """Share of the requests that have to be good, in percent, as text: "99.5". Required, and left out for
    CallerError."""

    threshold_milliseconds: Threshold | None = None
    """Latency beyond which a request is bad. Required for Latency; only there."""

    timeout_seconds: Annotated[Int32, Field(ge=1, le=3600)] | None = None
    """For how long a request may be with the model before it counts as failed. 10 when absent; for ErrorRate
    only."""

    grpc_codes: Annotated[tuple[GrpcCode, ...], Field(min_length=1, max_length=len(GrpcCode)), SET] = ()
    """Statuses of gRPC that are bad. When absent, for ErrorRate: UNKNOWN, DEADLINE_EXCEEDED,
    RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE and DATA_LOSS; for CallerError: INVALID_ARGUMENT, NOT_FOUND,
    ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED and UNAUTHENTICATED.
    Not for Latency and Custom."""

    query: Query | None = None
    """Counters of a provider of metrics that tell bad events from others. Required for Custom; only there."""

    @property
    def allowed(self) -> float:
        """Share of the requests that may be bad; 1 for CallerError, where the stable alone is the measure."""
        if self.target_percent is None:
            return 1.0
        return float((100 - Decimal(self.target_percent)) / 100)

    @property
    def codes(self) -> frozenset[int]:
        """Numbers of the gRPC statuses that are bad; none for Latency and Custom."""
        return frozenset(code.number for code in self.grpc_codes or _BAD_CODES.get(self.type, ()))

    @property
    def timeout(self) -> int:
        """Seconds after which a request that is still with the model counts as failed."""
        return self.timeout_seconds or DEFAULT_TIMEOUT_SECONDS

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        # Asked again here, because a resource that was stored under another CRD may not meet today's rules.
        if self.type is not ObjectiveType.CALLER_ERROR and self.target_percent is None:
            raise ValueError(f"{self.name}: targetPercent is missing")
        if self.type is ObjectiveType.LATENCY and self.threshold_milliseconds not in BUCKETS_MILLISECONDS:
            raise ValueError(f"{self.name}: thresholdMilliseconds has to be one of {BUCKETS}")
        if (self.type is ObjectiveType.CUSTOM) != (self.query is not None):
            raise ValueError(f"{self.name}: query is for Custom and only there")
        return self

"""The statuses with which gRPC calls fail, and who is to blame for which."""

from enum import StrEnum


class GrpcCode(StrEnum):
    """Status of a gRPC call that failed."""

    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    ABORTED = "ABORTED"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"
    DATA_LOSS = "DATA_LOSS"
    UNAUTHENTICATED = "UNAUTHENTICATED"

    @property
    def number(self) -> int:
        """The status as the protocol carries it: 1 to 16, in the order in which they stand here.

        Source: https://grpc.io/docs/guides/status-codes/.
        """
        return _NUMBERS[self]


_NUMBERS = {code: number for number, code in enumerate(GrpcCode, start=1)}
SERVER_ERRORS = frozenset(
    {
        GrpcCode.UNKNOWN,
        GrpcCode.DEADLINE_EXCEEDED,
        GrpcCode.RESOURCE_EXHAUSTED,
        GrpcCode.INTERNAL,
        GrpcCode.UNAVAILABLE,
        GrpcCode.DATA_LOSS,
    }
)
"""What 5xx is in HTTP: the server did not do what it was rightly asked for."""

CALLER_ERRORS = frozenset(
    {
        GrpcCode.INVALID_ARGUMENT,
        GrpcCode.NOT_FOUND,
        GrpcCode.ALREADY_EXISTS,
        GrpcCode.PERMISSION_DENIED,
        GrpcCode.FAILED_PRECONDITION,
        GrpcCode.OUT_OF_RANGE,
        GrpcCode.UNIMPLEMENTED,
        GrpcCode.UNAUTHENTICATED,
    }
)
"""What 4xx is in HTTP: the server says that the caller asked wrongly.

CANCELLED and ABORTED are in neither: a caller that leaves and a conflict between callers say nothing of a
model.
"""

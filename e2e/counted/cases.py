"""Every way in which a request to Triton fails: what its caller, Triton and the guard make of it.

Measured with Triton 2.51. Where it counts nothing, or a success, its counters are blind; so is the guard
where it counts an error as a good answer: an error within a stream is part of an answer that has begun.
"""

from __future__ import annotations

from e2e.counted.asks import both
from e2e.counted.case import Case
from e2e.counted.faults import FAULTS
from e2e.counted.refused import REFUSED
from e2e.counted.waiting import WAITING

_ANSWER = Case("an answer", both("echo"), ("200", "OK"), {"faulty success": 2}, {"http 2xx": 1, "grpc OK": 1})

# The faults come last: they end the process of a model.
CASES = (_ANSWER, *REFUSED, *WAITING, *FAULTS)

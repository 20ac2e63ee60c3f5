"""Latencies that the guard can tell from others, and so the thresholds that users may choose."""

from typing import Annotated

from sluiceway.api.meta import Rule
from sluiceway.api.scalars import Int32

BUCKETS_MILLISECONDS = (
    *(1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750),
    *(1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000),
)
"""Upper bounds that the guard can tell apart. Two digits each: Envoy's histograms (circllhist) keep two,
so that a count at one of these is exact for latencies in whole milliseconds."""

BUCKETS = ", ".join(map(str, BUCKETS_MILLISECONDS))
"""The same as it is written in a sentence."""

Threshold = Annotated[
    Int32,
    Rule(f"self in [{BUCKETS}]", f"Give a latency that the guard can tell from others, one of {BUCKETS}"),
]
"""A latency in milliseconds."""

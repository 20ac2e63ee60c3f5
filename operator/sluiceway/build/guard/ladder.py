"""What the guard counts: the ladder of latencies, and which counters are read."""

from __future__ import annotations

BUCKETS_MILLISECONDS = (
    *(1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750),
    *(1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 20000, 30000, 60000),
)
"""Upper bounds that the guard can tell apart. Two digits each: Envoy's histograms (circllhist) keep two,
so that a count at one of these is exact for latencies in whole milliseconds."""

WHOLE_MILLISECONDS = 1_000_000_000
"""No request lasts for eleven days: what is counted here is every request with a latency.

Envoy publishes histograms a moment later than counters; "all" and "of these within" have to be of one moment.
"""

_COUNTED = "(http|grpc)(_stream)?"
_FILTER = "|".join(
    (
        rf"^cluster\.{_COUNTED}\.upstream_rq_([1-5]xx|active|total|tx_reset|rx_reset)$",
        rf"^cluster\.{_COUNTED}\.(grpc\.[0-9]+|upstream_cx_destroy_local_with_active_rq)$",
        r"^cluster\.(http|grpc)\.upstream_rq_time$",
        r"^http\.(http|grpc)\.downstream_rq_tx_reset$",
        r"^server\.uptime$",
        r"\.rds\.[a-z]+\.update_(success|rejected)$",
    )
)
COUNTERS = f"format=json&histogram_buckets=cumulative&usedonly&filter={_FILTER}"
"""The query that reads them from Envoy's administration interface."""

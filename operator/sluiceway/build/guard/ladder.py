"""What the guard counts: the ladder of latencies, and which counters are read."""

from __future__ import annotations

from sluiceway.api.latencies import BUCKETS_MILLISECONDS

__all__ = ["BUCKETS_MILLISECONDS", "COUNTERS", "WHOLE_MILLISECONDS"]

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

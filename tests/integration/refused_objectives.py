"""What users get wrong about objectives, and what the API server answers."""

from __future__ import annotations

from typing import Any

NAME = "Name an objective with small letters, digits and -, such as fast-enough"
TAKEN_NAME = "Choose another name: callers is that of the objective which callerErrors stands for"
TARGET = "Give a number of at least 50 and below 100 with at most 4 decimals, in quotes, such as '99.5'"
NEEDS_TARGET = "Give targetPercent, the share of requests that have to be good, such as '99.5'"
NO_TARGET = "Leave targetPercent out for CallerError: it is judged against the stable revision only"
THRESHOLD = (
    "Give a latency that the guard can tell from others, one of 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100,"
    " 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 20000,"
    " 30000, 60000"
)
NEEDS_THRESHOLD = "Give thresholdMilliseconds: a request that takes longer is bad"
NO_THRESHOLD = "Leave out thresholdMilliseconds, or set type to Latency: the others are not about time"
NO_TIMEOUT = (
    "Leave out timeoutSeconds, or set type to ErrorRate: only there a request that gets no answer counts as"
    " failed"
)
NO_CODES = "Leave grpcCodes out for Latency and Custom: these do not ask with which status a request ends"
ITS_QUERY = "Give query, the counters of all events and of the bad ones, for Custom and only there"
PROVIDER = "Give the name of a provider in the operator's configuration: small letters, digits and -"
LABEL = "Give the name of one label, such as pod"
OF_A_REVISION = (
    'Write {{revision}} where the name of the revision belongs, such as pod=~"{{revision}}-.*": each revision'
    " is judged by its own counters"
)
PLACES = "Only {{revision}}, {{namespace}} and {{name}} are replaced; mend what else stands between {{ and }}"
COUNTERS = (
    "Ask for the counters themselves, without rate() or increase(): what is new is counted from one look to"
    " the next, so that no window holds what happened to an earlier revision"
)
FALSE_ROLLBACK = "Give a number above 0 and of at most 10 with at most 4 decimals, in quotes, such as '0.1'"

ERRORS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"}
LATENCY = {"name": "fast", "type": "Latency", "targetPercent": "99", "thresholdMilliseconds": 250}
CALLERS = {"name": "mine", "type": "CallerError"}
COUNTED = 'sum(lookups_total{pod=~"{{revision}}-.*", namespace="{{namespace}}", model="{{name}}"})'
QUERY = {"provider": "main", "total": COUNTED, "bad": COUNTED.replace("lookups", "misses")}
CUSTOM = {"name": "features", "type": "Custom", "targetPercent": "99", "query": QUERY}


def _slo(objective: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an slo of one objective, changed; a change to None leaves the field out."""
    changed = {key: value for key, value in (objective | changes).items() if value is not None}
    return {"objectives": [changed]}


AN_SLO = _slo(ERRORS)

SAMPLES: dict[tuple[str, str, str], list[Any]] = {
    ("spec.slo", ".objectives[0].name", NAME): [
        _slo(ERRORS, name=name) for name in ("Answers", "a b", "-a", "a-", "a.b")
    ],
    ("spec.slo", ".objectives[0].name", TAKEN_NAME): [_slo(one, name="callers") for one in (ERRORS, LATENCY)],
    ("spec.slo", ".objectives[0].targetPercent", TARGET): [
        _slo(ERRORS, targetPercent=text)
        for text in ("49.9", "9", "100", "099", "99.", "99,5", "99.5%", "9.95e1", "99.12345")
    ],
    ("spec.slo", ".objectives[0].targetPercent", NEEDS_TARGET): [
        _slo(one, targetPercent=None) for one in (ERRORS, LATENCY, CUSTOM)
    ],
    ("spec.slo", ".objectives[0].targetPercent", NO_TARGET): [_slo(CALLERS, targetPercent="99")],
    ("spec.slo", ".objectives[0].thresholdMilliseconds", THRESHOLD): [
        _slo(LATENCY, thresholdMilliseconds=number) for number in (-1, 0, 120, 251, 60001)
    ],
    ("spec.slo", ".objectives[0].thresholdMilliseconds", NEEDS_THRESHOLD): [
        _slo(LATENCY, thresholdMilliseconds=None)
    ],
    ("spec.slo", ".objectives[0].thresholdMilliseconds", NO_THRESHOLD): [
        _slo(one, thresholdMilliseconds=250) for one in (ERRORS, CALLERS, CUSTOM)
    ],
    ("spec.slo", ".objectives[0].timeoutSeconds", NO_TIMEOUT): [
        _slo(one, timeoutSeconds=10) for one in (LATENCY, CALLERS, CUSTOM)
    ],
    ("spec.slo", ".objectives[0].grpcCodes", NO_CODES): [
        _slo(one, grpcCodes=["INTERNAL"]) for one in (LATENCY, CUSTOM)
    ],
    ("spec.slo", ".objectives[0].query", ITS_QUERY): [
        *(_slo(one, query=QUERY) for one in (ERRORS, LATENCY, CALLERS)),
        _slo(CUSTOM, query=None),
    ],
    ("spec.slo", ".objectives[0].query.provider", PROVIDER): [
        _slo(CUSTOM, query=QUERY | {"provider": name}) for name in ("Main", "http://prometheus:9090", "a.b")
    ],
    ("spec.slo", ".objectives[0].query.by", LABEL): [
        _slo(CUSTOM, query=QUERY | {"by": name}) for name in ("a-b", "pod, node", "1pod")
    ],
    ("spec.slo", ".objectives[0].query.total", OF_A_REVISION): [
        _slo(CUSTOM, query=QUERY | {"total": text}) for text in ("sum(up)", "up{pod='revision'}")
    ],
    ("spec.slo", ".objectives[0].query.bad", PLACES): [
        _slo(CUSTOM, query=QUERY | {"bad": f"{COUNTED} {text}"}) for text in ("{{ name }}", "{{pod}}", "{{")
    ],
    ("spec.slo", ".objectives[0].query.bad", COUNTERS): [
        _slo(CUSTOM, query=QUERY | {"bad": f"sum({call}({COUNTED}[1m]))"})
        for call in ("rate", "irate", "increase", "delta", "idelta", "increase ")
    ],
    ("spec.slo", ".falseRollbackPercent", FALSE_ROLLBACK): [
        AN_SLO | {"falseRollbackPercent": text}
        for text in ("0", "0.0000", "10.0001", "11", "-1", ".1", "1e-1", "0.00001", "NaN")
    ],
}

BOUNDS: list[tuple[str, Any, str]] = [
    ("spec.slo", {}, "spec.slo.objectives: Required value"),
    ("spec.slo", {"objectives": []}, "should have at least 1 items"),
    ("spec.slo", {"objectives": [CALLERS | {"name": f"a{n}"} for n in range(9)]}, "have at most 8 items"),
    ("spec.slo", {"objectives": [CALLERS, CALLERS]}, "Duplicate value"),
    ("spec.slo", _slo(CALLERS, type="Quality"), 'supported values: "ErrorRate", "Latency", "CallerError"'),
    ("spec.slo", _slo(CUSTOM, query={"provider": "a", "total": COUNTED}), "query.bad: Required value"),
    ("spec.slo", _slo(CUSTOM, query=QUERY | {"bad": ""}), "should be at least 1 chars long"),
    (
        "spec.slo",
        _slo(CUSTOM, query=QUERY | {"bad": COUNTED + " " * 2048}),
        "may not be more than 2048 bytes",
    ),
    ("spec.slo", AN_SLO | {"gateway": {}}, "gateway.provider: Required value"),
    ("spec.slo", AN_SLO | {"gateway": {"provider": "a", "dataPlane": "Istio"}}, 'values: "EnvoyGateway"'),
    ("spec.slo", _slo(CALLERS, grpcCodes=[]), "should have at least 1 items"),
    ("spec.slo", _slo(CALLERS, grpcCodes=["OK"]), 'Unsupported value: "OK"'),
    ("spec.slo", _slo(CALLERS, grpcCodes=["INTERNAL", "INTERNAL"]), "Duplicate value"),
    ("spec.slo", _slo(ERRORS, targetPercent=99.5), "must be of type string"),
    ("spec.slo", _slo(ERRORS, timeoutSeconds=0), "should be greater than or equal to 1"),
    ("spec.slo", _slo(ERRORS, timeoutSeconds=3601), "should be less than or equal to 3600"),
    ("spec.slo", AN_SLO | {"hiccupSamples": 0}, "should be greater than or equal to 1"),
    ("spec.slo", AN_SLO | {"hiccupSamples": 21}, "should be less than or equal to 20"),
    ("spec.slo", AN_SLO | {"minRequests": -1}, "should be greater than or equal to 0"),
    ("spec.slo", AN_SLO | {"minRequests": 1_000_001}, "should be less than or equal to 1000000"),
    ("spec.slo", AN_SLO | {"maxStepSeconds": 0}, "should be greater than or equal to 1"),
    ("spec.slo", AN_SLO | {"maxStepSeconds": 604_801}, "should be less than or equal to 604800"),
    ("spec.slo", AN_SLO | {"noDataSeconds": 0}, "should be greater than or equal to 1"),
    ("spec.slo", AN_SLO | {"noDataSeconds": 86_401}, "should be less than or equal to 86400"),
    ("spec.slo", AN_SLO | {"callerErrors": "Off"}, 'supported values: "Enabled", "Disabled"'),
    ("spec.slo", AN_SLO | {"onInsufficient": "Wait"}, 'supported values: "Hold", "Promote", "Rollback"'),
    ("spec.slo", AN_SLO | {"onNoData": "Promote"}, 'supported values: "Hold", "Rollback", "Continue"'),
    ("spec.slo", AN_SLO | {"onStableBroken": "Rollback"}, 'supported values: "Hold", "Advance"'),
]
"""A place, a value that its schema refuses, and a part of the answer."""

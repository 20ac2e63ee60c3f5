"""Every state of the life of a ModelDeployment, and how tools that know only kstatus read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sluiceway.build.objects import Ref, ref_of
from sluiceway.build.route import http_route
from sluiceway.build.workload import serving_service
from sluiceway.core.golden import Output
from sluiceway.core.observed import Observed
from sluiceway.core.readings import Reading, Unanswered, Updates
from sluiceway.core.room import Surroundings
from sluiceway.core.signature import Signature
from sluiceway.core.verification import Answers
from tests.fakes.guards import DAY
from tests.fakes.objects import (
    HOSTNAME,
    MODEL,
    NAME,
    NAMESPACE,
    crashed_pod,
    loading_pod,
    make_resource,
    ready_pod,
    unscheduled_pod,
    waiting_pod,
)
from tests.fakes.scaled import ABLE, ACTIVE, BLIND, BY_CPU, with_autoscalers
from tests.fakes.scheduler import GPU, make_node, other_pod
from tests.fakes.snapshots import (
    asking_for,
    at_its_first_share,
    carried_out,
    commanded,
    first_look,
    serving,
    verified,
    wanted_name,
    with_guards_read,
    with_pods,
    with_route_status,
)
from tests.fakes.willing import SIGNATURE

LAST_WORDS = "E0730 02:59:00.123456 1 model_lifecycle.cc:642] failed to load 'fraud' version 7: no such file"
NO_ROOM = "0/3 nodes are available: 3 Insufficient cpu."
NO_GPU = f"0/2 nodes are available: 2 Insufficient {GPU}."

_CREATED = carried_out(first_look())
_FIRST = wanted_name(_CREATED)
_SERVING = serving()
_CHANGED = carried_out(asking_for(_SERVING, runtime={"image": "triton:next"}))
_NEXT = wanted_name(_CHANGED)
_OLD = _SERVING.pods


_BY_CPU = {"replicas": 1, "autoscaling": BY_CPU | {"minReplicas": 1}}
_SCALED = serving(**_BY_CPU)


def _short_of_gpus() -> Observed:
    on_gpus = {"image": "triton:next", "resources": {"limits": {GPU: 2}}}
    around = Surroundings(
        nodes=(make_node("a", 4), make_node("b", 4)),
        pods=(other_pod("training", "a", 4), other_pod("another", "b", 3)),
    )
    asked = carried_out(asking_for(_SERVING, runtime=on_gpus))
    waiting = with_pods(asked, *_OLD, unscheduled_pod(wanted_name(asked), NO_GPU))
    return replace(waiting, around=around)


def _named_by_somebody() -> Observed:
    theirs = serving_service(make_resource(), _FIRST)
    theirs["metadata"] = {"name": NAME, "namespace": NAMESPACE, "resourceVersion": "1", "uid": "x"}
    return replace(first_look(), objects={ref_of(theirs): theirs})


def _hostname_of_somebody() -> Observed:
    other = make_resource("other", traffic=HOSTNAME)
    assert other.spec.traffic
    theirs = http_route(other, other.spec.traffic, {"other-1a2b3": 100})
    theirs["metadata"]["creationTimestamp"] = "2026-07-30T01:00:00Z"
    loaded = carried_out(with_pods(_CREATED, ready_pod(_FIRST, 0), ready_pod(_FIRST, 1)))
    unrouted = {ref: obj for ref, obj in loaded.objects.items() if ref.kind != "HTTPRoute"}
    return replace(loaded, objects=unrouted, other_routes=(theirs,))


def _refused_pod() -> Observed:
    changed = asking_for(_SERVING, runtime={"priorityClassName": "urgent"})
    ref = Ref("apps/v1", "Deployment", NAMESPACE, wanted_name(changed))
    return replace(changed, rejections={ref: "no PriorityClass with name urgent was found"})


def _without_a_gateway(observed: Observed) -> Observed:
    return replace(observed, gateways={(NAMESPACE, "public"): None})


def _without_gateway_api() -> Observed:
    return replace(_CREATED, gateway_api=False)


def _later(observed: Observed, seconds: int) -> Observed:
    return replace(observed, now=observed.now + timedelta(seconds=seconds))


_REFUSING = Reading(uptime=DAY, tables={"http": Updates(taken=1, rejected=1)})
_STEPS = {"steps": [{"weight": 25, "seconds": 60}, {"weight": 75, "gate": True}]}
_BLUE_GREEN = {"strategy": "BlueGreen"}
_TRIED = carried_out(asking_for(_SERVING, runtime={"image": "triton:next"}, rollout=_STEPS))
_PODS = (*_OLD, ready_pod(_NEXT, 2), ready_pod(_NEXT, 3))
_FIRST_STEP = at_its_first_share(with_pods(_TRIED, *_PODS))
_BARE = carried_out(asking_for(_SERVING, guard="Disabled", rollout=_STEPS))
_UNGUARDED = at_its_first_share(
    with_pods(_BARE, *_OLD, *(ready_pod(wanted_name(_BARE), number) for number in (2, 3)))
)
_SECOND_STEP = carried_out(with_route_status(carried_out(_later(_FIRST_STEP, 60))))
_PROMOTED = carried_out(with_route_status(carried_out(commanded(_SECOND_STEP, promote=f"{_NEXT}/1/2"))))


def _answering(answers: Answers) -> Observed:
    """Return what is seen after the candidate was asked and gave these answers."""
    asked = carried_out(with_pods(_TRIED, *_PODS))
    return carried_out(carried_out(replace(asked, answers={_NEXT: answers})))


def _wrong() -> Observed:
    golden = {
        "name": "known-fraud",
        "inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 1], "data": [1]}],
        "outputs": [{"name": "score", "datatype": "FP32", "data": [0.92]}],
    }
    asked = carried_out(asking_for(_SERVING, model=MODEL | {"golden": [golden]}))
    name = wanted_name(asked)
    asked = carried_out(with_pods(asked, *_OLD, ready_pod(name, 2)))
    output = {"known-fraud": {"score": Output("FP32", (1, 1), (0.75,))}}
    answered = replace(asked, answers={name: Answers(SIGNATURE, output)})
    return carried_out(carried_out(answered))


_ABORTED = with_route_status(carried_out(commanded(_FIRST_STEP, abort=f"{_NEXT}/1/1")))
_RETURNED = with_route_status(carried_out(commanded(_PROMOTED, abort=f"{_NEXT}/1/0")))


_IN_PLACE = {"steps": [{"weight": 100, "seconds": 60}], "maxSurge": 0, "maxUnavailable": 1}
_ALL_IN_USE = serving(replicas=4, rollout=_IN_PLACE)
_MAKING_ROOM = carried_out(
    asking_for(_ALL_IN_USE, replicas=4, runtime={"image": "triton:next"}, rollout=_IN_PLACE)
)
_NEW_PODS = tuple(ready_pod(wanted_name(_MAKING_ROOM), number) for number in (5, 6))


def _exchanged(observed: Observed, old: int, new: int) -> Observed:
    """Return what is seen after so many pods of the old and of the new revision were found."""
    return carried_out(with_pods(observed, *_ALL_IN_USE.pods[:old], *_NEW_PODS[:new]))


_ON_ITS_WAY = at_its_first_share(_exchanged(_exchanged(_MAKING_ROOM, 3, 0), 3, 1))
_TWO_EACH = _exchanged(_exchanged(carried_out(with_route_status(_ON_ITS_WAY)), 2, 1), 2, 2)
_GIVING_BACK = carried_out(commanded(_TWO_EACH, abort=f"{wanted_name(_MAKING_ROOM)}/1/0"))


def _settled(observed: Observed) -> Observed:
    """Return what is seen some passes later, with a gateway that takes up every change at once."""
    for _ in range(4):
        observed = carried_out(with_route_status(observed))
    return observed


def _switched(strategy: str) -> Observed:
    """Return what is seen once a candidate has taken over by one switch."""
    asked = carried_out(
        asking_for(_SERVING, runtime={"image": "triton:next"}, rollout={"strategy": strategy})
    )
    return _settled(carried_out(verified(with_pods(asked, *_PODS))))


STATES: dict[str, tuple[Observed, str]] = {
    "the first visit": (first_look(), "InProgress"),
    "pods being started": (with_pods(_CREATED, waiting_pod(_FIRST, "ContainerCreating")), "InProgress"),
    "the model being loaded": (with_pods(_CREATED, loading_pod(_FIRST)), "InProgress"),
    "no node has room yet": (with_pods(_CREATED, unscheduled_pod(_FIRST, NO_ROOM)), "InProgress"),
    "there are too few GPUs": (_short_of_gpus(), "InProgress"),
    "the image can not be pulled": (
        with_pods(_CREATED, waiting_pod(_FIRST, "ErrImagePull", "not found")),
        "Failed",
    ),
    "the first revision does not load": (with_pods(_CREATED, crashed_pod(_FIRST, LAST_WORDS)), "Failed"),
    "the first of two pods answers": (
        with_pods(_CREATED, ready_pod(_FIRST), loading_pod(_FIRST, 1)),
        "InProgress",
    ),
    "the gateway has not answered": (
        carried_out(with_pods(_CREATED, ready_pod(_FIRST), ready_pod(_FIRST, 1))),
        "InProgress",
    ),
    "serving": (_SERVING, "Current"),
    "serving inside the cluster only": (serving(traffic=None), "Current"),
    "the gateway refuses the route": (
        with_route_status(_SERVING, "False", "NotAllowedByListeners"),
        "Failed",
    ),
    "the gateway is missing": (_without_a_gateway(_SERVING), "Failed"),
    "the Gateway API is missing": (_without_gateway_api(), "Failed"),
    "the hostname is taken": (_hostname_of_somebody(), "Failed"),
    "a new revision loads while the old one serves": (
        with_pods(_CHANGED, *_OLD, loading_pod(_NEXT, 2), ready_pod(_NEXT, 3)),
        "InProgress",
    ),
    "a new revision does not load while the old one serves": (
        with_pods(_CHANGED, *_OLD, crashed_pod(_NEXT, LAST_WORDS, 2)),
        "Failed",
    ),
    "a new revision takes over": (
        with_pods(_CHANGED, *_OLD, ready_pod(_NEXT, 2), ready_pod(_NEXT, 3)),
        "InProgress",
    ),
    "a candidate is being verified": (carried_out(with_pods(_TRIED, *_PODS)), "InProgress"),
    "a candidate can not be asked": (
        replace(
            carried_out(with_pods(_TRIED, *_PODS)),
            answers={_NEXT: Answers(error="10.0.0.3:8001: connection refused")},
        ),
        "InProgress",
    ),
    "a candidate answers its golden inputs wrongly": (_wrong(), "Failed"),
    "a candidate drops an output": (_answering(Answers(Signature(SIGNATURE.inputs, ()))), "Failed"),
    "a candidate gets its first share": (_FIRST_STEP, "InProgress"),
    "the guards of a candidate answer": (with_guards_read(_FIRST_STEP), "InProgress"),
    "a revision under judgement has no guard": (_UNGUARDED, "InProgress"),
    "a guard does not answer": (
        with_guards_read(_FIRST_STEP, {_PODS[0]["metadata"]["name"]: Unanswered("no answer within 0.4 s")}),
        "InProgress",
    ),
    "a guard refuses its configuration": (
        with_guards_read(_FIRST_STEP, {_PODS[2]["metadata"]["name"]: _REFUSING}),
        "InProgress",
    ),
    "a step is over and the pods for the next are missing": (
        _later(with_pods(_FIRST_STEP, *_PODS[:-1]), 61),
        "InProgress",
    ),
    "a person paused the rollout": (
        carried_out(commanded(_FIRST_STEP, pause=f"{_NEXT}/1/1")),
        "InProgress",
    ),
    "a step waits for a person": (_SECOND_STEP, "InProgress"),
    "a person aborted the candidate": (_ABORTED, "Failed"),
    "the candidate has lost its pods": (
        carried_out(with_pods(_FIRST_STEP, *_OLD, crashed_pod(_NEXT, LAST_WORDS, 2))),
        "Failed",
    ),
    "a candidate has taken over and the previous one is kept": (_PROMOTED, "Current"),
    "a person paused before the first request": (
        carried_out(commanded(carried_out(with_pods(_TRIED, *_PODS)), pause=f"{_NEXT}/1/0")),
        "InProgress",
    ),
    "a person aborted before the first request": (
        carried_out(commanded(carried_out(with_pods(_TRIED, *_PODS)), abort=f"{_NEXT}/1/0")),
        "Failed",
    ),
    "a person aborted the one that took over": (_RETURNED, "Failed"),
    "a person tries a refused one again": (
        carried_out(commanded(_ABORTED, retry=f"{_NEXT}/1/0")),
        "InProgress",
    ),
    "another spec came in the middle": (
        carried_out(asking_for(_FIRST_STEP, runtime={"image": "triton:later"}, rollout=_STEPS)),
        "InProgress",
    ),
    "the spec asks for the stable one again in the middle": (
        _settled(asking_for(_FIRST_STEP, rollout=_STEPS)),
        "Current",
    ),
    "a candidate takes over and the gateway has not taken it up": (
        carried_out(commanded(_SECOND_STEP, promote=f"{_NEXT}/1/2")),
        "InProgress",
    ),
    "the previous one was released": (_settled(_later(_settled(_PROMOTED), 700)), "Current"),
    "a candidate waits for its one switch": (
        with_pods(
            carried_out(asking_for(_SERVING, runtime={"image": "triton:next"}, rollout=_BLUE_GREEN)),
            *_PODS[:-1],
        ),
        "InProgress",
    ),
    "a candidate has taken over by one switch": (_switched("BlueGreen"), "Current"),
    "a candidate has taken over at once": (_switched("AllAtOnce"), "Current"),
    "the previous one is asked for again and comes back without steps": (
        with_pods(
            asking_for(_PROMOTED, rollout=_STEPS | {"rollbackWindow": {"revisions": 1}}),
            *_PODS[1:],
        ),
        "InProgress",
    ),
    "a candidate is to take places one by one": (_MAKING_ROOM, "InProgress"),
    "a candidate has what its first pod carries": (_ON_ITS_WAY, "InProgress"),
    "requests are given back pod by pod": (_GIVING_BACK, "Failed"),
    "one pod was lost": (with_pods(_SERVING, ready_pod(_FIRST)), "InProgress"),
    "all pods were lost": (with_pods(_SERVING), "InProgress"),
    "scaled to zero": (with_pods(asking_for(_SERVING, replicas=0)), "Current"),
    "a name that is needed belongs to somebody else": (_named_by_somebody(), "Failed"),
    "the API server refuses the pods": (_refused_pod(), "Failed"),
    "an autoscaler works": (carried_out(with_autoscalers(_SCALED, ABLE, ACTIVE)), "Current"),
    "an autoscaler gets no metrics": (carried_out(with_autoscalers(_SCALED, ABLE, BLIND)), "Current"),
    "a candidate of an autoscaled revision": (
        carried_out(asking_for(_SCALED, runtime={"image": "triton:next"}, **_BY_CPU)),
        "InProgress",
    ),
}

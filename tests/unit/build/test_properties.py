"""What holds for every object that is built, whatever is asked for."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.api import names
from sluiceway.api.flags import RESERVED_FLAGS
from sluiceway.api.runtime import Drain
from sluiceway.build.guard.routes import END_AFTER
from sluiceway.build.objects import Object, canonical, digest
from sluiceway.build.pod import grace_seconds, pod_template
from sluiceway.build.route import http_route
from sluiceway.build.triton import tritonserver_arguments
from sluiceway.build.workload import deployment, disruption_budget, revision_service, serving_service
from sluiceway.core.revision import Revision, wanted
from tests.fakes.objects import HOSTNAME, make_resource
from tests.unit.build.everything import EVERY_RUNTIME_FIELD

REVISION = "fraud-1a2b3"
RELEASED_SECONDS = 3
"""What Triton 24.10 was measured to need for unloading a model after its last request."""

drains = st.builds(Drain, endpoint_seconds=st.integers(0, 120), request_seconds=st.integers(1, 3600))


def triton(**runtime: Any) -> Object:
    template = pod_template(make_resource(runtime=runtime), REVISION)
    container: Object = template["spec"]["containers"][0]
    return container


def weighted(**weights: int) -> Object:
    owner = make_resource(traffic=HOSTNAME)
    assert owner.spec.traffic
    return http_route(owner, owner.spec.traffic, weights)


@pytest.mark.parametrize(
    "weights", [{"a": 99}, {"a": 50, "b": 51}, {}], ids=["too little", "too much", "none"]
)
def test_weights_that_do_not_sum_to_100_are_refused(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weights must sum to 100"):
        weighted(**weights)


@given(st.integers(0, 100))
def test_http_and_grpc_carry_the_same_weights(percent: int) -> None:
    rules = weighted(a=100 - percent, b=percent)["spec"]["rules"]
    shares = [{backend["name"]: backend["weight"] for backend in rule["backendRefs"]} for rule in rules]
    assert shares == [{"a": 100 - percent, "b": percent}] * 2
    assert [{backend["port"] for backend in rule["backendRefs"]} for rule in rules] == [{8000}, {8001}]


@given(drains)
def test_a_pod_is_not_killed_before_its_last_request_is_answered(drain: Drain) -> None:
    owner = make_resource(runtime={"drain": drain.to_dict()})
    template = pod_template(owner, REVISION)["spec"]
    stop = (
        template["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    )
    (timeout,) = (
        flag for flag in tritonserver_arguments(owner, guarded=True) if "--exit-timeout-secs=" in flag
    )
    given_up = stop + int(timeout.partition("=")[2])
    answered = drain.endpoint_seconds + drain.request_seconds
    # Streams hold Triton until the guard ends, and it is not given up before it has unloaded its model then.
    headers = template["initContainers"][0]["lifecycle"]["preStop"]["httpGet"]["httpHeaders"]
    (milliseconds,) = (header["value"] for header in headers if header["name"] == END_AFTER)
    assert answered < int(milliseconds) / 1000 <= given_up - RELEASED_SECONDS
    assert template["terminationGracePeriodSeconds"] == grace_seconds(drain) > given_up + RELEASED_SECONDS


def test_a_drain_without_waiting_for_endpoints_needs_no_hook() -> None:
    # The API server refuses a sleep of zero seconds before Kubernetes 1.33.
    assert "lifecycle" not in triton(drain={"endpointSeconds": 0})


@given(st.integers(10, 86400))
def test_a_model_may_load_for_as_long_as_it_was_given(seconds: int) -> None:
    probe = triton(startupSeconds=seconds)["startupProbe"]
    allowed = probe["periodSeconds"] * probe["failureThreshold"]
    assert allowed == math.ceil(seconds / probe["periodSeconds"]) * probe["periodSeconds"] >= seconds


def test_a_home_that_the_user_gives_wins() -> None:
    assert triton(env=[{"name": "HOME", "value": "/cache"}])["env"] == [{"name": "HOME", "value": "/cache"}]


def test_without_one_home_is_where_files_can_be_written() -> None:
    given_env = [{"name": "A", "value": "1"}]
    home = {"name": "HOME", "value": "/tmp"}  # noqa: S108 - a path in the pod
    assert triton(env=given_env)["env"] == [home, *given_env]


def test_the_users_flags_come_last_so_that_they_win_where_they_may() -> None:
    assert triton(args=["--log-info=true"])["args"][-1] == "--log-info=true"


def test_every_flag_that_the_operator_sets_is_refused_from_users_unless_they_may_turn_it() -> None:
    ours = {argument.partition("=")[0] for argument in tritonserver_arguments(make_resource(), guarded=True)}
    assert ours - set(RESERVED_FLAGS) == {"--log-info"}


def test_probes_ask_the_model_under_the_name_that_callers_use() -> None:
    owner = make_resource(
        model={"name": "scorer", "source": {"persistentVolumeClaim": {"claimName": "models"}}}
    )
    container = pod_template(owner, REVISION)["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/v2/models/scorer/ready"
    assert container["volumeMounts"][0] == {
        "name": "sluiceway-model",
        "mountPath": "/models/scorer",
        "readOnly": True,
    }


def test_the_key_of_the_control_api_differs_from_resource_to_resource() -> None:
    first, second = (tritonserver_arguments(make_resource(uid=uid), guarded=True) for uid in ("a", "b"))
    restricted = [argument for argument in first if "admin-key=" in argument]
    assert len(restricted) == 2
    assert not set(restricted) & set(second)


RESTRICTED = {
    "no privilege escalation": (("securityContext", "allowPrivilegeEscalation"), False),
    "a read-only root": (("securityContext", "readOnlyRootFilesystem"), True),
    "no capabilities": (("securityContext", "capabilities"), {"drop": ["ALL"]}),
}


@pytest.mark.parametrize("runtime", [{}, EVERY_RUNTIME_FIELD], ids=["minimal", "everything"])
def test_pods_fit_the_restricted_pod_security_standard(runtime: Object) -> None:
    template = pod_template(make_resource(runtime=runtime), REVISION)["spec"]
    for (field, key), expected in RESTRICTED.values():
        assert template["containers"][0][field][key] == expected
    assert template["securityContext"]["runAsNonRoot"] is True
    assert template["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert template["automountServiceAccountToken"] is False


def longest() -> tuple[Any, Revision]:
    owner = make_resource("m" * names.MAX_NAME_LENGTH)
    first = wanted(owner, [])
    return owner, wanted(owner, [Revision(first.name, 1, {"digest": "of something else"})])


def test_the_longest_name_leaves_room_for_the_longest_revision() -> None:
    owner, revision = longest()
    assert len(revision.name) == names.MAX_NAME_LENGTH + 11
    template = pod_template(owner, revision.name)
    built: list[Object] = [
        deployment(owner, revision.name, template=template, replicas=2),
        revision_service(owner, revision.name),
        serving_service(owner, revision.name),
        template,
    ]
    for obj in built:
        assert all(len(value) <= 63 for value in obj["metadata"]["labels"].values())
        assert len(obj["metadata"].get("name", "")) <= 63
    assert len(revision.name) <= 58, "Kubernetes would cut the revision off the names of its pods"


@pytest.mark.parametrize("replicas", [0, 1])
def test_a_single_pod_has_no_budget(replicas: int) -> None:
    assert disruption_budget(make_resource(), REVISION, replicas=replicas) is None


OWN_AFFINITY: Object = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}]
        }
    }
}
OWN_CONSTRAINTS: list[Object] = [
    {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {names.LABEL_MODEL_DEPLOYMENT: "fraud"}},
        "matchLabelKeys": [names.LABEL_REVISION],
    }
]


def placed(**runtime: Any) -> Object:
    spec = pod_template(make_resource(runtime=runtime), REVISION)["spec"]
    return {key: spec[key] for key in ("affinity", "topologySpreadConstraints") if key in spec}


def test_pods_prefer_nodes_and_zones_without_another_pod_of_their_revision() -> None:
    found = placed(affinity=OWN_AFFINITY)["affinity"]
    assert found["nodeAffinity"] == OWN_AFFINITY["nodeAffinity"]
    terms = found["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert {term["podAffinityTerm"]["topologyKey"] for term in terms} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }
    for term in terms:
        assert term["podAffinityTerm"]["labelSelector"]["matchLabels"][names.LABEL_REVISION] == REVISION


@pytest.mark.parametrize(
    "asked",
    [{"affinity": {"podAntiAffinity": {}}}, {"topologySpreadConstraints": OWN_CONSTRAINTS}],
    ids=["apart from nobody", "constraints"],
)
def test_what_users_say_of_the_spread_stands_alone(asked: Object) -> None:
    assert placed(**asked) == asked


def test_selectors_select_the_pods_of_their_own_revision_only() -> None:
    owner = make_resource()
    labels = pod_template(owner, REVISION)["metadata"]["labels"]
    other = pod_template(owner, "fraud-4c5d6")["metadata"]["labels"]
    budget = disruption_budget(owner, REVISION, replicas=2)
    assert budget
    for selector in (
        revision_service(owner, REVISION)["spec"]["selector"],
        deployment(owner, REVISION, template={}, replicas=1)["spec"]["selector"]["matchLabels"],
        budget["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
        assert not selector.items() <= other.items()


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_the_order_of_keys_does_not_change_a_digest(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical(turned) == canonical(value)
    assert digest(turned) == digest(value)

"""What users get wrong, and what the API server answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.integration import refused_autoscaling, refused_objectives
from tests.support.cluster_view import model_deployment

PATH = "Give a path relative to the root of the volume: no leading / and no .. in it"
AMOUNT = "Give an amount as Kubernetes writes it, such as 2, 500m or 16Gi"
MODEL_NAME = "Begin the model's name with a letter, a digit or _ and go on with letters, digits, _, . and -"
GOLDEN_NAME = "Name a golden input with small letters, digits and -, such as known-fraud"
TOLERANCE = "Give a number that is not negative, in quotes, such as '0.001' or '1e-5'"
NO_TOLERANCE = "Leave tolerance out for BOOL and BYTES: they are compared exactly"
DEADLINES = "Golden inputs are asked one after another: let their deadlineSeconds add up to at most 300"
FLAG = (
    "Leave this flag out: the operator sets the model repository and control mode, ports and addresses, TLS,"
    " readiness and exit behaviour. Other flags of tritonserver are welcome, written out in full, such as"
    " --log-verbose=1, --backend-config, --cache-config, --rate-limit or --metrics-config"
)
VARIABLE = "Give either value or valueFrom for a variable"
VALUE_FROM = "Give exactly one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef"
DEVICES = "Give devices such as nvidia.com/gpu under limits; requests may only repeat the same number"
LIMIT = "Give no request that is greater than its limit"
IMAGE = "Give the image without spaces, as in registry/name:tag"
SHARED_MEMORY = "Give the size of shared memory as a quantity above zero, such as 64Mi or 1Gi"
VOLUME = "Give a volume exactly one of configMap, secret, emptyDir and persistentVolumeClaim"
VOLUME_NAME = "Choose another name: those that begin with sluiceway- belong to the operator"
MOUNTS = "Let every entry of volumeMounts name one of volumes"
MOUNT_PATH = (
    "Mount volumes at an absolute path other than /models (and below it), /dev/shm and /tmp:"
    " the operator uses these"
)
HOSTNAMES = "Give at least one of hostnames, or set match to ModelPath to share a hostname between models"
HOSTNAME = "Give a DNS name in small letters, such as fraud.example.com or *.example.com, without a port"
PARENTS = "Name every gateway once, or give each of its entries a sectionName of its own"
RISING = "Let the weights rise from step to step"
NO_STEPS = "Leave out steps and linear, or set strategy to Canary: the others move all requests at once"
STEPS_OR_LINEAR = "Give either steps or linear: linear is the short form of steps of equal size"
KEEP_PREVIOUS = "Leave out keepPreviousSeconds, or set strategy to BlueGreen: AllAtOnce keeps nothing"
NO_BAKE = "Leave out bakeSeconds, or set strategy to BlueGreen: AllAtOnce keeps nothing to return to"
LONG_BAKE = (
    "Let bakeSeconds be at most keepPreviousSeconds (600 when absent): after that there is nothing to return"
    " to"
)
BAKE_OF_NOTHING = (
    "Leave out rollout.bakeSeconds, or give slo: it says how long objectives are watched, and there are none."
    " How long the previous revision stays is keepPreviousSeconds"
)
NOTHING_TO_LEAVE_OUT = (
    "Leave out rollbackWindow, or set strategy to Canary: the others have no steps to leave out"
)
WIDE_WINDOW = (
    "Let rollbackWindow.revisions be less than historyLimit (10 when absent): the one that serves is on"
    " record too, and what is not can not come back"
)
NO_STEPS_TO_LEAVE_OUT = (
    "Leave out rollout.rollbackWindow, or give traffic: without a gateway there are no steps to leave out"
)
COUNT = "Give a number such as 1, or a percentage such as 25%, of at most 100%"
NOT_SHARED = (
    "Leave out maxSurge, or set strategy to Canary: the others start all pods of the new revision before they"
    " move a request"
)
UNBOUNDED = "Leave out maxUnavailable, or give maxSurge: without a bound on the pods none has to go early"
NO_ROOM_TO_MOVE = "Let maxUnavailable be 1 or more, or maxSurge: with neither no pod could ever be exchanged"
ONE_SWITCH = (
    "Leave out rollout.maxSurge, or give traffic: without a gateway all requests move at once, to pods that"
    " must all be there"
)
THE_ONLY_POD = (
    "Let rollout.maxSurge be 1 or more, or have two pods at least (replicas, or autoscaling.minReplicas): the"
    " only pod would have to go before another one answers"
)
UNMEASURED = (
    "Set guard to Enabled, or give slo.gateway or leave out slo: without the guard and the gateway's metrics"
    " nothing could be measured"
)
NO_METRICS = "Leave out slo.gateway, or give traffic: without a gateway there are no metrics of one"
NO_WEIGHTS = (
    "Leave out rollout.steps and rollout.linear, or give traffic: without a gateway there are no shares of"
    " requests, and a new revision takes over by one switch"
)
LONG_NAME = "Choose a name of at most 45 characters: the names of its revisions and their pods are longer"
NAME = (
    "Begin the name with a small letter and go on with small letters, digits and -:"
    " it becomes the name of a Service"
)


FLAGS = (
    "--model-repository=/other",
    "--model-store=/other",
    "--model-control-mode=explicit",
    "--load-model=*",
    "--exit-on-error=false",
    "--exit-timeout-secs=1",
    "--strict-readiness=false",
    "--allow-http=false",
    "--http-address=127.0.0.1",
    "--http-port=9000",
    "--http-restricted-api=health:a=b",
    "--allow-grpc=false",
    "--grpc-address=127.0.0.1",
    "--grpc-port=9001",
    "--grpc-restricted-protocol=health:a=b",
    "--grpc-use-ssl=true",
    "--grpc-use-ssl-mutual=true",
    "--allow-metrics=false",
    "--metrics-address=127.0.0.1",
    "--metrics-port=9002",
    "--allow-sagemaker=true",
    "--allow-vertex-ai=true",
    # getopt_long understands the beginning of a flag, and ends at "--"
    "--http-por=9000",
    "--model-c=explicit",
    "--",
)
MOUNT_PATHS = (
    "/models",
    "/models/",
    "/models/a/b",
    "/dev/shm",  # noqa: S108
    "/tmp",  # noqa: S108
    "/tmp/",  # noqa: S108
    "/",
    "data",
    "/data/../models",
    "/./models",
    "//models",
    "/a:b",
)


class Refusal(NamedTuple):
    """A change of a valid resource, the field that the answer names, and what it says."""

    path: str
    value: Any
    field: str
    message: str


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return a valid ModelDeployment but for one field, which is reached by its names with dots."""
    resource = model_deployment("fraud")
    *parents, last = path.split(".")
    place = resource
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return resource


PUBLIC = {"name": "public"}
A_MOUNT = {"name": "v", "mountPath": "/data"}
A_VOLUME = {"name": "v", "emptyDir": {}}

A_TENSOR = {"name": "x", "datatype": "FP32", "shape": [1], "data": [0.5]}
A_GOLDEN = {"name": "a", "inputs": [A_TENSOR], "outputs": [A_TENSOR]}


def _expecting(**output: Any) -> list[Any]:
    return [{**A_GOLDEN, "outputs": [{**A_TENSOR, **output}]}]


def _rolled_out(**rollout: Any) -> dict[str, Any]:
    """Return a spec with traffic, where a rollout may have steps."""
    spec: dict[str, Any] = model_deployment("fraud")["spec"]
    traffic = {"parentRefs": [PUBLIC], "hostnames": ["a.example"]}
    return spec | {"traffic": traffic, "rollout": rollout}


def _baked(**rollout: Any) -> dict[str, Any]:
    """Return such a spec with objectives, by which a new revision is judged after it took over."""
    return _rolled_out(**rollout) | {"slo": refused_objectives.AN_SLO}


_SAMPLES: dict[tuple[str, str, str], list[Any]] = {
    ("metadata.name", "", LONG_NAME): ["a" * 46],
    ("metadata.name", "", NAME): ["7b", "a.b", "a.example"],
    ("spec.model.name", "", MODEL_NAME): [".hidden", "-m", "a/b", "a b"],
    ("spec.model.source.persistentVolumeClaim.path", "", PATH): ["/a", "..", "../a", "a/../b", "a/.."],
    ("spec.model.golden", "", DEADLINES): [
        [{**A_GOLDEN, "deadlineSeconds": 295}, {**A_GOLDEN, "name": "b", "deadlineSeconds": 6}],
        [{**A_GOLDEN, "deadlineSeconds": 291}, {**A_GOLDEN, "name": "b"}],
    ],
    ("spec.model.golden", "[0].name", GOLDEN_NAME): [
        [{**A_GOLDEN, "name": name}] for name in ("Fraud", "a b", "-a", "a-", "a.b")
    ],
    ("spec.model.golden", "[0].outputs[0].tolerance.absolute", TOLERANCE): [
        _expecting(tolerance={"absolute": text}) for text in ("-1", "1 %", ".5", "1e999", "Infinity")
    ],
    ("spec.model.golden", "[0].outputs[0].tolerance.relative", TOLERANCE): [
        _expecting(tolerance={"relative": "much"})
    ],
    ("spec.model.golden", "[0].outputs[0].tolerance", NO_TOLERANCE): [
        _expecting(datatype="BYTES", data=["x"], tolerance={"absolute": "0"}),
        _expecting(datatype="BOOL", data=[True], tolerance={}),
    ],
    ("spec.runtime.image", "", IMAGE): ["triton 1", "triton:1 "],
    ("spec.runtime.args", "[0]", FLAG): [[flag] for flag in FLAGS],
    ("spec.runtime.args", "[1]", FLAG): [["--log-verbose=1", "--http-port", "9000"]],
    ("spec.runtime.env", "[0]", VARIABLE): [
        [{"name": "A"}],
        [{"name": "A", "value": "", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
    ],
    ("spec.runtime.env", "[0].valueFrom", VALUE_FROM): [
        [{"name": "A", "valueFrom": {}}],
        [
            {
                "name": "A",
                "valueFrom": {
                    "fieldRef": {"fieldPath": "metadata.name"},
                    "secretKeyRef": {"name": "a", "key": "b"},
                },
            }
        ],
    ],
    ("spec.runtime.resources", "", DEVICES): [
        {"requests": {"nvidia.com/gpu": 1}},
        {"requests": {"nvidia.com/gpu": 1}, "limits": {"nvidia.com/gpu": 2}},
    ],
    ("spec.runtime.resources", "", LIMIT): [
        {"requests": {"cpu": 2}, "limits": {"cpu": "1500m"}},
        {"requests": {"memory": "2G"}, "limits": {"memory": "1Gi"}},
    ],
    ("spec.runtime.resources", ".requests[cpu]", AMOUNT): [
        {"requests": {"cpu": text}} for text in ("two", "-1")
    ],
    ("spec.runtime.resources", ".limits[memory]", AMOUNT): [
        {"limits": {"memory": text}} for text in ("1gb", -1)
    ],
    ("spec.runtime.sharedMemory", "", SHARED_MEMORY): ["0", "-1", "much"],
    ("spec.runtime.volumes", "[0]", VOLUME): [
        [{"name": "v"}],
        [{"name": "v", "emptyDir": {}, "configMap": {"name": "c"}}],
    ],
    ("spec.runtime.volumes", "[0].name", VOLUME_NAME): [[{"name": "sluiceway-model", "emptyDir": {}}]],
    ("spec.runtime.volumes", "[0].secret.items[0].path", PATH): [
        [{"name": "v", "secret": {"secretName": "s", "items": [{"key": "k", "path": "../k"}]}}]
    ],
    ("spec.runtime.volumeMounts", "@spec.runtime", MOUNTS): [[A_MOUNT]],
    ("spec.runtime", ".volumeMounts[0].mountPath", MOUNT_PATH): [
        {"image": "triton:1", "volumes": [A_VOLUME], "volumeMounts": [{"name": "v", "mountPath": path}]}
        for path in MOUNT_PATHS
    ],
    ("spec.runtime", ".volumeMounts[0].subPath", PATH): [
        {"image": "triton:1", "volumes": [A_VOLUME], "volumeMounts": [{**A_MOUNT, "subPath": "/a"}]}
    ],
    ("spec", ".rollout.steps", RISING): [
        _rolled_out(steps=[{"weight": first}, {"weight": second}]) for first, second in ((50, 20), (5, 5))
    ],
    ("spec", ".rollout.strategy", NO_STEPS): [
        _rolled_out(strategy="BlueGreen", steps=[{"weight": 5}]),
        _rolled_out(strategy="AllAtOnce", linear={"weight": 5}),
    ],
    ("spec", ".rollout.linear", STEPS_OR_LINEAR): [_rolled_out(steps=[{"weight": 5}], linear={"weight": 5})],
    ("spec", ".rollout.keepPreviousSeconds", KEEP_PREVIOUS): [
        _rolled_out(strategy="AllAtOnce", keepPreviousSeconds=600)
    ],
    ("spec.rollout", "", NO_WEIGHTS): [{"steps": [{"weight": 5}]}, {"linear": {"weight": 5}}],
    ("spec", ".rollout.bakeSeconds", NO_BAKE): [_baked(strategy="AllAtOnce", bakeSeconds=0)],
    ("spec", ".rollout.bakeSeconds", LONG_BAKE): [
        _baked(bakeSeconds=601),
        _baked(bakeSeconds=31, keepPreviousSeconds=30),
        _baked(strategy="BlueGreen", bakeSeconds=1, keepPreviousSeconds=0),
    ],
    ("spec", ".rollout.bakeSeconds", BAKE_OF_NOTHING): [
        _rolled_out(bakeSeconds=0),
        _rolled_out(bakeSeconds=60),
    ],
    ("spec", ".rollout.rollbackWindow", NOTHING_TO_LEAVE_OUT): [
        _rolled_out(strategy=strategy, rollbackWindow={"revisions": 1})
        for strategy in ("BlueGreen", "AllAtOnce")
    ],
    ("spec", ".rollout.rollbackWindow", WIDE_WINDOW): [
        _rolled_out(rollbackWindow={"revisions": 10}),
        _rolled_out(rollbackWindow={"revisions": 3}, historyLimit=3),
    ],
    ("spec", ".rollout.rollbackWindow", NO_STEPS_TO_LEAVE_OUT): [
        model_deployment("fraud", rollout={"rollbackWindow": {"revisions": 1}})["spec"]
    ],
    ("spec", ".rollout.maxSurge", NOT_SHARED): [
        _rolled_out(strategy=strategy, maxSurge=1) for strategy in ("BlueGreen", "AllAtOnce")
    ],
    ("spec", ".rollout.maxUnavailable", UNBOUNDED): [_rolled_out(maxUnavailable=1)],
    ("spec", ".rollout.maxSurge", NO_ROOM_TO_MOVE): [
        {"replicas": 2} | _rolled_out(**bounds)
        for bounds in (
            {"maxSurge": 0},
            {"maxSurge": "0%", "maxUnavailable": 0},
            {"maxSurge": "0", "maxUnavailable": "0%"},
        )
    ],
    ("spec", ".rollout.maxSurge", ONE_SWITCH): [model_deployment("fraud", rollout={"maxSurge": 1})["spec"]],
    ("spec", ".rollout.maxSurge", THE_ONLY_POD): [
        _rolled_out(maxSurge=surge, maxUnavailable=1) for surge in (0, "0", "0%")
    ],
    ("spec", ".rollout.maxSurge", COUNT): [
        {"replicas": 2} | _rolled_out(maxSurge=surge, maxUnavailable=1)
        for surge in (-1, "1.5", "101%", "many", "")
    ],
    ("spec", ".rollout.maxUnavailable", COUNT): [_rolled_out(maxSurge=1, maxUnavailable=-1)],
    ("spec", ".slo", UNMEASURED): [
        model_deployment("fraud", guard="Disabled", slo=refused_objectives.AN_SLO)["spec"]
    ],
    ("spec", ".slo.gateway", NO_METRICS): [
        model_deployment("fraud", slo=refused_objectives.AN_SLO | {"gateway": {"provider": "main"}})["spec"]
    ],
    ("spec", ".slo.gateway.provider", refused_objectives.PROVIDER): [
        _rolled_out() | {"slo": refused_objectives.AN_SLO | {"gateway": {"provider": "10.0.0.1"}}}
    ],
    **refused_objectives.SAMPLES,
    **refused_autoscaling.SAMPLES,
    ("spec.traffic", ".hostnames", HOSTNAMES): [
        {"parentRefs": [PUBLIC]},
        {"parentRefs": [PUBLIC], "hostnames": []},
        {"parentRefs": [PUBLIC], "match": "Hostname"},
    ],
    ("spec.traffic", ".hostnames[0]", HOSTNAME): [
        {"parentRefs": [PUBLIC], "hostnames": [name]}
        for name in ("A.example", "a.example:80", "10.0.0.1", "a.*.example", "*", "-a.example", "a..example")
    ],
    ("spec.traffic", ".parentRefs", PARENTS): [
        {"parentRefs": parents, "hostnames": ["a.example"]}
        for parents in (
            [PUBLIC, PUBLIC],
            [PUBLIC, {**PUBLIC, "sectionName": "https"}],
            [{**PUBLIC, "sectionName": "https"}, {**PUBLIC, "sectionName": "https"}],
        )
    ],
}


def refusals() -> list[Refusal]:
    """Every sample, with the whole path of the field that the answer names."""
    return [
        Refusal(path, value, at[1:] if at.startswith("@") else path + at, message)
        for (path, at, message), values in _SAMPLES.items()
        for value in values
    ]

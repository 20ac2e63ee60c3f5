"""A runtime with every field given: what pods may become, and what makes a new revision."""

from __future__ import annotations

from typing import Any

from tests.fakes.objects import IMAGE

_PODS_OF_FRAUD = {"matchLabels": {"sluiceway.dev/model-deployment": "fraud"}}

EVERY_RUNTIME_FIELD: dict[str, Any] = {
    "image": f"{IMAGE}-2",
    "imagePullPolicy": "Always",
    "imagePullSecrets": [{"name": "registry"}],
    "args": ["--log-verbose=1"],
    "env": [
        {"name": "OMP_NUM_THREADS", "value": "4"},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "token"}}},
    ],
    "resources": {
        "requests": {"cpu": "500m", "memory": "2Gi"},
        "limits": {"memory": "16Gi", "nvidia.com/gpu": 1},
    },
    "sharedMemory": "1Gi",
    "startupSeconds": 3601,
    "drain": {"endpointSeconds": 0, "requestSeconds": 60},
    "volumes": [{"name": "tokenizer", "configMap": {"name": "tokenizer"}}],
    "volumeMounts": [{"name": "tokenizer", "mountPath": "/tokenizer", "readOnly": True}],
    "serviceAccountName": "model",
    "nodeSelector": {"topology.kubernetes.io/zone": "a"},
    "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": _PODS_OF_FRAUD}
            ]
        }
    },
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": _PODS_OF_FRAUD,
        }
    ],
    "priorityClassName": "urgent",
    "runtimeClassName": "nvidia",
}

"""The CustomResourceDefinition of ModelDeployment."""

from typing import Any

from sluiceway.api import names
from sluiceway.api.meta import rule
from sluiceway.api.reasons import ConditionType
from sluiceway.api.schema import structural_schema
from sluiceway.api.spec import ModelDeploymentSpec
from sluiceway.api.status import ModelDeploymentStatus

_DESCRIPTION = (
    "ModelDeployment serves one model with NVIDIA Triton, moves traffic to every new revision of it,"
    " and reports in its status which revision serves."
)
_NAME_RULES = (
    rule(
        f"size(self.metadata.name) <= {names.MAX_NAME_LENGTH}",
        f"Choose a name of at most {names.MAX_NAME_LENGTH} characters:"
        " the names of its revisions and their pods are longer",
        field=".metadata.name",
    ),
    rule(
        "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        "Begin the name with a small letter and go on with small letters, digits and -:"
        " it becomes the name of a Service",
        field=".metadata.name",
    ),
)


def custom_resource_definition() -> dict[str, Any]:
    """The complete CustomResourceDefinition, the same every time."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names.PLURAL}.{names.GROUP}"},
        "spec": {
            "group": names.GROUP,
            "names": {
                "kind": names.KIND,
                "listKind": f"{names.KIND}List",
                "plural": names.PLURAL,
                "singular": names.SINGULAR,
                "shortNames": [names.SHORT],
                "categories": [names.CATEGORY],
            },
            "scope": "Namespaced",
            "versions": [_version()],
        },
    }


def _version() -> dict[str, Any]:
    return {
        "name": names.VERSION,
        "served": True,
        "storage": True,
        "subresources": {
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas",
                "labelSelectorPath": ".status.selector",
            },
        },
        "additionalPrinterColumns": _columns(),
        "schema": {"openAPIV3Schema": _resource()},
    }


def _resource() -> dict[str, Any]:
    return {
        "type": "object",
        "description": _DESCRIPTION,
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": f"Version of the API: {names.API_VERSION}."},
            "kind": {"type": "string", "description": f"Kind of the resource: {names.KIND}."},
            # The API server's own bound, written out because it reckons what the rules on the name cost.
            "metadata": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 253}}},
            "spec": structural_schema(ModelDeploymentSpec),
            # What was just applied has no status, and tools that read kstatus would take that for done.
            "status": structural_schema(ModelDeploymentStatus) | {"default": {"observedGeneration": -1}},
        },
        "x-kubernetes-validations": list(_NAME_RULES),
    }


def _columns() -> list[dict[str, Any]]:
    ready = f'.status.conditions[?(@.type=="{ConditionType.READY}")]'
    return [
        _column("Ready", f"{ready}.status", "Whether the revision that the spec asks for serves"),
        _column("Serving", ".status.serving", "Revision that serves"),
        _column("Candidate", ".status.candidate", "Revision that is being tried"),
        _column("Weight", ".status.candidateWeight", "Percent of requests to the candidate", kind="integer"),
        _column("Step", ".status.step", "Step of the rollout"),
        _column("Reason", f"{ready}.reason", "Why Ready is what it is"),
        _column("Age", ".metadata.creationTimestamp", "Time since the resource was created", kind="date"),
        _column("Image", ".status.image", "Image of the server", wide=True),
        _column("Model", ".status.model", "Source of the model", wide=True),
        _column("Replicas", ".status.replicas", "Number of pods", kind="integer", wide=True),
        _column("Message", f"{ready}.message", "Why Ready is what it is, in a sentence", wide=True),
    ]


def _column(
    name: str, path: str, description: str, *, kind: str = "string", wide: bool = False
) -> dict[str, Any]:
    column = {"name": name, "type": kind, "description": description, "jsonPath": path}
    return {**column, "priority": 1} if wide else column

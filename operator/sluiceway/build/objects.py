"""Plain Kubernetes objects: how they are named, labelled, owned and compared by content.

Objects are dicts in the API's own JSON form. Generated client models are not used: they refuse
partial objects, which is what server-side apply consists of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment

Object = dict[str, Any]


@dataclass(frozen=True, order=True)
class Ref:
    """The address of one namespaced object."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


def ref_of(obj: Mapping[str, Any]) -> Ref:
    """Return the address of *obj*."""
    metadata = obj["metadata"]
    return Ref(obj["apiVersion"], obj["kind"], metadata["namespace"], metadata["name"])


def label_of(obj: Mapping[str, Any], label: str) -> str:
    """Return the value of a label, "" when it is absent."""
    return str((obj["metadata"].get("labels") or {}).get(label, ""))


def revision_of(obj: Mapping[str, Any]) -> str:
    """Return the name of the revision that *obj* is part of, "" for what all revisions share."""
    return label_of(obj, names.LABEL_REVISION)


def labels(owner: ModelDeployment, revision: str = "") -> dict[str, str]:
    """Return the labels of an object of *owner*, with the recommended ones of Kubernetes."""
    found = {
        "app.kubernetes.io/name": "triton",
        "app.kubernetes.io/instance": owner.metadata.name,
        "app.kubernetes.io/component": "model-server",
        names.LABEL_MANAGED_BY: names.MANAGED_BY,
        names.LABEL_MODEL_DEPLOYMENT: owner.metadata.name,
    }
    return found | ({names.LABEL_REVISION: revision} if revision else {})


def metadata(owner: ModelDeployment, name: str, revision: str = "") -> Object:
    """Return the metadata of an object that *owner* controls: deletion is the garbage collector's."""
    return {
        "name": name,
        "namespace": owner.metadata.namespace,
        "labels": labels(owner, revision),
        "ownerReferences": [
            {
                "apiVersion": names.API_VERSION,
                "kind": names.KIND,
                "name": owner.metadata.name,
                "uid": owner.metadata.uid,
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
    }


def pod_selector(owner: ModelDeployment, revision: str) -> dict[str, str]:
    """Return the labels that select the pods of one revision; immutable, and of no other use."""
    return {names.LABEL_MODEL_DEPLOYMENT: owner.metadata.name, names.LABEL_REVISION: revision}


def canonical(value: Any) -> str:
    """Return JSON that is the same text for the same content, whatever the order of the keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of *value*, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def without_empty(value: Mapping[str, Any]) -> Object:
    """Drop top-level keys that say nothing (None, "", [], {}); 0 and False are values and stay."""
    return {key: item for key, item in value.items() if item is not None and item not in ("", [], {})}

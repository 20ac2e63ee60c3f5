"""What the demo and the tests make in a cluster of somebody else's, and how all of it goes again.

Everything carries a label; what does not carry it was there before, and is neither changed nor removed.
"""

from __future__ import annotations

import json

import yaml

from e2e import scenario
from e2e.cluster.existing import ExistingCluster
from e2e.cluster.interface import Cluster
from e2e.cluster.progress import ClusterError, say, step

LABEL = "sluiceway.dev/trial"
"""On namespaces and on the CustomResourceDefinition; the value says for what they were made."""
CRD = "modeldeployments.sluiceway.dev"
_DEFINITION = scenario.ROOT / "crds" / "sluiceway.dev_modeldeployments.yaml"
_OPERATORS = "app.kubernetes.io/name=sluiceway,app.kubernetes.io/component=operator"
_GONE = "--timeout=180s"


def label_of(cluster: Cluster, kind: str, name: str) -> str | None:
    """Return for what an object of the cluster's was made: empty for not by us, None for not there."""
    text = cluster.kubectl("get", kind, name, "--ignore-not-found", "--output=json")
    if not text:
        return None
    return str((json.loads(text)["metadata"].get("labels") or {}).get(LABEL, ""))


def make_namespace(cluster: Cluster, name: str, purpose: str) -> None:
    """Make a namespace that goes again with the trial; one of an earlier trial is taken up.

    Raises:
        ClusterError: when somebody else has one of this name.
    """
    there = label_of(cluster, "namespace", name)
    if there is None:
        metadata = {"name": name, "labels": {LABEL: purpose}}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        cluster.kubectl("create", "-f", "-", stdin=json.dumps(namespace))
    elif not there:
        raise ClusterError(
            f"the namespace {name} is there already, without the label {LABEL}: it is left alone"
        )


def foreign_operator(cluster: ExistingCluster) -> str:
    """Return the namespace of an operator that somebody else runs here; empty when nobody does."""
    found = cluster.get("deployments", f"--selector={_OPERATORS}")
    namespaces = (deployment["metadata"]["namespace"] for deployment in found)
    return next((namespace for namespace in namespaces if namespace != scenario.SYSTEM), "")


def install_operator(cluster: ExistingCluster, purpose: str) -> None:
    """Install the operator in a namespace of its own; a definition that was there before stays as it is."""
    if label_of(cluster, "crd", CRD) == "":
        say(f"  the CustomResourceDefinition {CRD} is there already: it is used as it is, and stays")
    else:
        definition = yaml.safe_load(_DEFINITION.read_text())
        # With its label from the first moment: whatever happens next, it is known for ours.
        definition["metadata"]["labels"] = {LABEL: purpose}
        cluster.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(definition))
    make_namespace(cluster, scenario.SYSTEM, purpose)
    scenario.install_operator(cluster, cluster.settings.operator_image, "crds.enabled=false")


def remove(cluster: ExistingCluster, purpose: str = "") -> bool:
    """Remove what was made for *purpose*, or for any; tell whether there was something.

    Models go first, then the operator, then the definition: nothing is left half deleted.
    """
    selector = f"{LABEL}={purpose}" if purpose else LABEL
    namespaces = [found["metadata"]["name"] for found in _labelled(cluster, "namespaces", selector)]
    for name in sorted(namespaces, key=lambda name: name == scenario.SYSTEM):
        with step(f"removing the namespace {name}"):
            if name == scenario.SYSTEM:
                cluster.helm("uninstall", "sluiceway", f"--namespace={name}", "--ignore-not-found", "--wait")
            gone = ("delete", "namespace", name, "--ignore-not-found")
            cluster.kubectl(*gone, "--wait=false")
            # Nobody calls these models any more: their time to drain would only be waited for.
            cluster.kubectl("delete", "pods", "--all", f"--namespace={name}", "--grace-period=1", _GONE)
            cluster.kubectl(*gone, _GONE)
    definitions = _labelled(cluster, "crd", selector)
    if definitions:
        _remove_definition(cluster)
    return bool(namespaces or definitions)


def _remove_definition(cluster: ExistingCluster) -> None:
    models = cluster.get(CRD)
    if models:
        names = ", ".join(f"{model['metadata']['namespace']}/{model['metadata']['name']}" for model in models)
        say(f"  the CustomResourceDefinition {CRD} stays: others made {names}")
        return
    with step(f"removing the CustomResourceDefinition {CRD}"):
        cluster.kubectl("delete", "crd", CRD, "--ignore-not-found", _GONE)


def _labelled(cluster: ExistingCluster, kind: str, selector: str) -> list[scenario.Object]:
    return cluster.get(kind, f"--selector={selector}")

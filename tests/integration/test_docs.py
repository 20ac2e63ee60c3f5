"""The commands of the documentation, typed from top to bottom of each page, on a real API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.cluster.control_plane import ControlPlane
from tests.documented.pages import blocks
from tests.documented.reader import reader
from tests.documented.walks import API, walk, walked_by
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.played import Played
from tests.support.poll import eventually

pytestmark = pytest.mark.integration

TRAFFIC = {"parentRefs": [{"name": "public"}], "hostnames": ["fraud.example.com"]}


@pytest.fixture(scope="module")
def control_plane(controlled: ControlPlane) -> ControlPlane:
    return controlled


@pytest.fixture(scope="module")
def operator(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    log = tmp_path_factory.mktemp("operator") / "log"
    with OperatorProcess(control_plane.kubeconfig, log):
        yield


def ask(view: View, version: int, **spec: Any) -> None:
    """Apply `fraud` with the model at `fraud/VERSION`."""
    source = {"persistentVolumeClaim": {"claimName": "models", "path": f"fraud/{version}"}}
    view.apply(model_deployment("fraud", model={"source": source}, **({"traffic": TRAFFIC} | spec)))


def serves(view: View, version: int, **spec: Any) -> None:
    """Apply it and wait until it serves."""
    ask(view, version, **spec)
    eventually(f"fraud/{version} serves", lambda: view.says("fraud", "Ready", "True", "Serving"))


def a_model_serves(view: View, folder: Path) -> None:
    """`fraud` is applied and ready."""
    serves(view, 7)


def another_takes_over(view: View, folder: Path) -> None:
    """A new revision of `fraud` gets one share after the other, and then serves."""
    steps = [{"weight": weight, "seconds": 2} for weight in (5, 25, 50, 100)]
    serves(view, 7, rollout={"steps": steps})
    ask(view, 8, rollout={"steps": steps})


def another_waits_at_a_gate(view: View, folder: Path) -> None:
    """A new revision of `fraud` has half of the requests until somebody promotes it."""
    steps = [{"weight": 5, "seconds": 0}, {"weight": 25, "seconds": 0}, {"weight": 50, "gate": True}]
    serves(view, 7, rollout={"steps": steps})
    ask(view, 8, rollout={"steps": steps})
    eventually("it waits", lambda: view.says("fraud", "Ready", "False", "AwaitingPromotion"))


def a_file_has_a_mistake(view: View, folder: Path) -> None:
    """`fraud.yaml` is the page's first resource, with a percent sign too many."""
    written = next(block for block in blocks("docs/how-to/objectives.md") if block.language == "yaml")
    resource = yaml.safe_load(written.text)
    resource["spec"]["slo"]["objectives"][0]["targetPercent"] += "%"
    (folder / "fraud.yaml").write_text(yaml.safe_dump(resource))


def another_has_taken_over(view: View, folder: Path) -> None:
    """A new revision of `fraud` serves, and the previous one is warm; `fraud.yaml` is what was applied."""
    rollout = {"steps": [{"weight": 50, "seconds": 0}]}
    serves(view, 7, rollout=rollout)
    serves(view, 8, rollout=rollout)
    resource = view.get("mdep", "fraud")
    assert resource
    applied = resource["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"]
    (folder / "fraud.yaml").write_text(applied)


def a_file_was_written(view: View, folder: Path) -> None:
    """`fraud.yaml` is a ModelDeployment that nobody has applied yet."""
    (folder / "fraud.yaml").write_text(yaml.safe_dump(model_deployment("fraud")))


def argo_cd_is_there(view: View, folder: Path) -> None:
    """Argo CD's ConfigMap is in the namespace where it usually is."""
    view.cluster.kubectl("create", "namespace", "argocd")
    view.cluster.kubectl("create", "configmap", "argocd-cm", "-n", "argocd")


BEGINNINGS: dict[str, Callable[[View, Path], None]] = {
    "README.md": a_model_serves,
    "docs/how-to/argocd.md": argo_cd_is_there,
    "docs/how-to/disruption.md": a_model_serves,
    "docs/how-to/flux.md": a_file_was_written,
    "docs/how-to/golden-inputs.md": a_model_serves,
    "docs/how-to/history.md": another_has_taken_over,
    "docs/how-to/judging.md": a_model_serves,
    "docs/how-to/objectives.md": a_file_has_a_mistake,
    "docs/how-to/read-the-status.md": another_takes_over,
    "docs/how-to/rollouts.md": another_waits_at_a_gate,
    "docs/how-to/undoing.md": another_has_taken_over,
}
"""What its reader has when they come to a page."""


@pytest.mark.parametrize("page", walked_by(API))
def test_the_commands_do_what_the_page_says(page: str, view: View, operator: None, tmp_path: Path) -> None:
    with Played(view.cluster, view.namespace), reader(view, tmp_path) as terminal:
        BEGINNINGS[page](view, terminal.folder)
        terminal.walk(walk(page))

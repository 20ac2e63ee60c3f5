"""Which test runs the commands of which page, and which commands none can run here.

A page with a command that stands in neither fails `tests/unit/documented/test_pages.py`.
"""

from __future__ import annotations

from tests.documented.pages import Command, typed

API = "tests/integration/test_docs.py"
"""On a real API server with the operator; pods and the gateway are played."""
CHART = "tests/integration/test_docs_install.py"
"""On a real API server without the operator, which the page installs."""
BOX = "e2e/test_tutorial.py"
"""On a whole cluster, with Triton and a gateway."""

WALKS = {
    "docs/tutorial.md": BOX,
    "docs/how-to/install.md": CHART,
    "README.md": API,
    "docs/how-to/argocd.md": API,
    "docs/how-to/disruption.md": API,
    "docs/how-to/flux.md": API,
    "docs/how-to/golden-inputs.md": API,
    "docs/how-to/history.md": API,
    "docs/how-to/judging.md": API,
    "docs/how-to/kubectl.md": "tests/integration/test_kubectl_plugin.py",
    "docs/how-to/objectives.md": API,
    "docs/how-to/read-the-status.md": API,
    "docs/how-to/rollouts.md": API,
    "docs/how-to/undoing.md": API,
}
"""By page, the module that types its commands from top to bottom."""

NOT_RUN = {
    "docker ": "there is no Docker here; buildah builds the same Dockerfiles for every end-to-end test",
    "cat > pip.conf": "is for `docker build`, see there",
    "sudo make images": "`make e2e` does this first",
    "pip install '.[kubectl]'": "`make setup` installs what it would, from requirements/dev.txt",
    "kubectl get --raw /api/v1/namespaces/sluiceway-system": "needs the operator's own Service",
    "make test": "is what runs this test",
    "make e2e": "is what runs the end-to-end tests",
    "make bench": "takes a quarter of an hour; it is what writes docs/measurements.md",
    "make demo": "e2e/test_existing.py runs the demo, up and down",
    'eval "$(.venv/bin/python -m e2e.demo env)"': "means the demo's cluster; test_tutorial.py uses its own",
    "export SLUICEWAY_": "e2e/test_existing.py runs the demo with these variables",
    "export KUBECONFIG=~/.kube/config": "e2e/test_existing.py runs the demo with this variable",
    "kubectl --namespace sluiceway-system port-forward": "needs a kubelet",
    "curl http://localhost:8080/readyz": "needs the line before; tests/unit/runtime/test_app.py asks it",
    "kubectl --namespace envoy-gateway-system port-forward": "leads to a Service of the reader's",
    "kubectl get hpa": "needs metrics of pods, and nothing measures any here",
    'kubectl get --raw "/apis/custom.metrics': "e2e/test_autoscaling_metrics.py asks this, of a real adapter",
    "kubectl drain NODE": "e2e/test_drain.py drains a node, of the pods of one model",
    "curl -H 'Host: fraud.example.com' -H 'sluiceway-revision": "e2e/test_takeovers.py asks with this header",
}
"""By how they begin, the commands that no test types, and why."""


def excused(command: Command) -> str | None:
    """Return the beginning by which a command is among those that no test types, None when a test does."""
    return next((begin for begin in NOT_RUN if command.text.startswith(begin)), None)


def walk(page: str) -> list[Command]:
    """Return the commands of a page that its walk types."""
    return [command for command in typed(page) if excused(command) is None]


def walked_by(module: str) -> list[str]:
    """Return the pages whose commands *module* types."""
    return [page for page, walker in WALKS.items() if walker == module]

"""`make demo`: a cluster, the operator, a torch model on Triton, requests through a gateway.

Everything is what a production cluster would run; only the size differs.
"""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

import typer

from e2e import scenario, trial
from e2e.cluster import binaries, images, preflight, requirements
from e2e.cluster.box import Box
from e2e.cluster.existing import ExistingCluster
from e2e.cluster.interface import select
from e2e.cluster.progress import ClusterError, say, step
from e2e.rolling import Rolling, export
from e2e.show import show
from e2e.show_rollback import show_rollback
from e2e.stage import Stage, borrow, furnish
from tests.support.cluster_view import View

REQUESTS = 50
PURPOSE = "demo"
NAMESPACE = f"sluiceway-{PURPOSE}"
"""In a cluster of the user's; in a box of its own the demo needs none."""
ROLLOUT = {"steps": [{"weight": weight, "seconds": 6} for weight in (5, 25, 50)]}
SLO = {
    "objectives": [{"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"}],
    "minRequests": 50,
}
FAULTY = "fraud/3"
FAILING_SHARE = 0.2

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command()
def up(
    name: str = typer.Option("demo", help="Name of the cluster; several may run side by side."),
) -> None:
    """Start the cluster and show a ModelDeployment at work; it runs until `down`.

    With KUBECONFIG set, that cluster is used instead, as docs/how-to/existing-cluster.md explains. What
    it lacks is told before anything is made in it.
    """
    began = time.monotonic()
    cluster = select(name)
    if isinstance(cluster, Box):
        kubectl = _own_kubectl(name)
        stage, view = _in_box(cluster)
    else:
        kubectl = f"kubectl -n {NAMESPACE}"
        stage, view = _in_existing(cluster)
    with step("three torch models, trained and exported in the cluster to a PersistentVolumeClaim"):
        view.apply(*stage.claim(view.namespace, "models"))
        examples = export(view)
        first, second = examples
        examples[FAULTY] = scenario.export_fraud(view, FAULTY, seed=13, failing_share=FAILING_SHARE)
    spec: scenario.Object = {"rollout": ROLLOUT, "slo": SLO}
    with Rolling(stage, view, "fraud", **spec) as rolling:
        resource = scenario.fraud(first, **spec)
        say(f"\n$ kubectl apply -f - <<EOF\n{scenario.as_yaml(resource)}EOF\n")
        with step("ModelDeployment fraud: applied -> Ready"):
            rolling.begin(first, examples)
        with step(f"{REQUESTS} HTTP and {REQUESTS} gRPC requests through the gateway, answers checked"):
            for _ in range(REQUESTS):
                rolling.caller.http(examples[first])
                rolling.caller.grpc(examples[first])
        say(f"\n$ kubectl get mdep\n{view.kubectl('get', 'mdep')}")
        say(f"Now another model takes over, under load. The only change: path: {first} -> {second}\n")
        show(rolling, examples, second)
        say(f"\nNow a third, which fails one request in five. The only change: path: {second} -> {FAULTY}\n")
        refused = show_rollback(rolling, examples, FAULTY)
    say(f"\n$ kubectl get mdep\n{view.kubectl('get', 'mdep')}")
    seconds = time.monotonic() - began
    say(_next_steps(kubectl, stage.address, refused, seconds))


@app.command()
def down(name: str = typer.Option("demo", help="Name of the cluster.")) -> None:
    """End the cluster and remove every trace of it.

    With KUBECONFIG set: remove what the demo, or a test run that was cut short, made in that cluster.
    """
    cluster = select(name)
    if isinstance(cluster, Box):
        cluster.down()
        say(f"cluster {name} is gone")
    else:
        requirements.introduce(cluster)
        found = trial.remove(cluster)
        say("all that was made in it is gone" if found else "nothing of the demo is in it")


@app.command()
def env(
    name: str = typer.Option("demo", help="Name of the cluster."),
) -> None:
    """Print what a shell needs for docs/tutorial.md.

    Example: eval "$(.venv/bin/python -m e2e.demo env)"
    """
    cluster = select(name)
    if isinstance(cluster, Box):
        cluster.must_run()
    print("\n".join(exports(cluster)))


def exports(cluster: Box | ExistingCluster) -> list[str]:
    """Return lines of shell by which `kubectl` means *cluster*, and what a ModelDeployment in it names."""
    if isinstance(cluster, Box):
        kubectl, kubeconfig, triton = (
            cluster.kubectl_command()[0],
            cluster.kubeconfig,
            scenario.triton_image(),
        )
    else:
        kubectl = cluster.command("kubectl")
        kubeconfig, triton = Path(cluster.settings.kubeconfig), cluster.settings.triton_image
    tools = os.pathsep.join([str(Path(sys.executable).parent), str(Path(kubectl).parent)])
    values = {"KUBECONFIG": str(kubeconfig), "GATEWAY": cluster.gateway_address(), "TRITON": triton}
    return [
        f'export PATH={shlex.quote(tools)}:"$PATH"',
        *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
    ]


def _in_box(box: Box) -> tuple[Stage, View]:
    preflight.ready_machine()
    binaries.ensure_all()
    images.build_all()
    box.up()
    return furnish(box), View(box, "default")


def _in_existing(cluster: ExistingCluster) -> tuple[Stage, View]:
    requirements.check(cluster)
    say(f"What is made in it from here on, `make {PURPOSE}-down` removes; what is there already stays.")
    trial.make_namespace(cluster, NAMESPACE, PURPOSE)
    if namespace := trial.foreign_operator(cluster):
        say(f"  the operator in the namespace {namespace} is used")
        stage = Stage(cluster, cluster.gateway_address())
    else:
        stage = borrow(cluster, PURPOSE)
    return stage, View(cluster, NAMESPACE)


def _own_kubectl(name: str) -> str:
    return ".venv/bin/python -m e2e.cluster kubectl " + ("" if name == "demo" else f"--name {name} ") + "--"


def _next_steps(kubectl: str, address: str, refused: str, seconds: float) -> str:
    return f"""Ready after {seconds:.0f} s. docs/tutorial.md goes on from here. Or try next:

  {kubectl} get mdep
  {kubectl} describe mdep fraud
  {kubectl} get pods,deploy,svc,httproute,controllerrevisions

  curl -H 'Host: fraud.example.com' http://{address}/v2/models/fraud/infer -d \\
    '{{"inputs":[{{"name":"features","shape":[1,8],"datatype":"FP32","data":[1,1,1,0,0,0,0,0]}}]}}'

  # the faulty revision is refused until its model or runtime changes, or somebody wants it tried again
  {kubectl} annotate mdep fraud --overwrite sluiceway.dev/retry={refused}/1/0
  {kubectl} get mdep fraud --watch

  {kubectl} scale mdep fraud --replicas=2

  make demo-down
"""


def main() -> None:
    """Run the command; what went wrong is said in one line, without a traceback."""
    try:
        app()
    except (ClusterError, AssertionError) as error:
        say(f"\ndemo: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()

"""`python -m e2e.record_rollback PICTURE`: the dashboard's panels while a real rollback happens.

A cluster of its own, a real Prometheus that reads the operator, requests through the gateway: a good revision
takes over, then one that fails a request in five is taken back. Takes root and about five minutes.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from e2e import scenario
from e2e.cluster.box import Box
from e2e.cluster.progress import ClusterError, say, step
from e2e.demo import FAILING_SHARE, FAULTY, SLO
from e2e.draw import Span, draw
from e2e.draw_dashboard import asking
from e2e.load import Load
from e2e.prometheus import Prometheus
from e2e.rolling import Rolling, export
from e2e.scraping import operator
from e2e.show_rollback import show_rollback
from e2e.stage import Stage, ephemeral
from tests.support.cluster_view import View
from tests.support.poll import eventually

NAME = "fraud"
ROLLOUT = {"steps": [{"weight": weight, "seconds": 15} for weight in (10, 25, 50)], "bakeSeconds": 30}
LEAD_SECONDS = 10.0
"""What is drawn before and after."""


def record(stage: Stage, box: Box, target: Path) -> None:
    """Let a rollout and a rollback happen on *stage*, and draw them."""
    view = View(box, "default")
    with step("three torch models, trained and exported"):
        view.apply(*stage.claim(view.namespace, "models"))
        examples = export(view)
        first, second = examples
        examples[FAULTY] = scenario.export_fraud(view, FAULTY, seed=13, failing_share=FAILING_SHARE)
    with (
        Prometheus(box, [operator(box)]) as prometheus,
        Rolling(stage, view, NAME, rollout=ROLLOUT, slo=SLO) as rolling,
    ):
        rolling.begin(first, examples)
        since = time.time() - LEAD_SECONDS
        with Load(rolling.caller, examples, said=0), step(f"{second} takes over"):
            rolling.serves(rolling.apply(second))
        show_rollback(rolling, examples, FAULTY)
        until = time.time() + LEAD_SECONDS
        eventually("the rollback is read by Prometheus", lambda: time.time() > until)
        variables = {"namespace": view.namespace, "name": NAME}
        draw(
            lambda query, span: asking(prometheus.address, query, span), Span(since, until), variables, target
        )
    say(f"{target} shows the dashboard's panels, drawn with matplotlib and not by Grafana")


def main(
    target: Annotated[Path, typer.Argument(help="The picture to write, such as docs/images/rollback.png.")],
    name: Annotated[str, typer.Option(help="Name of the cluster that is made and removed.")] = "record",
) -> None:
    """Record a rollback in a cluster of its own and draw the dashboard of it."""
    with ephemeral(name) as stage:
        if not isinstance(stage.cluster, Box):
            raise ClusterError("this needs a cluster of its own: unset KUBECONFIG")
        record(stage, stage.cluster, target)


if __name__ == "__main__":
    typer.run(main)

"""`python -m e2e.draw_dashboard`: the chart's dashboard as a picture, of what a Prometheus has."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from e2e.cluster.progress import ClusterError, say
from e2e.draw import Line, Span, draw

_TIMEOUT_SECONDS = 30.0
# The environment's proxy is for the outside world.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def asking(address: str, query: str, span: Span) -> Sequence[Line]:
    """Return what a Prometheus has of a *query* over a span of time.

    :raises ClusterError: with Prometheus' words when it refuses the query; when it does not answer.
    """
    given = {"query": query, "start": span.since, "end": span.until, "step": span.step}
    url = f"{address.rstrip('/')}/api/v1/query_range?{urllib.parse.urlencode(given)}"
    try:
        with _OPENER.open(url, timeout=_TIMEOUT_SECONDS) as answer:
            found = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        with error:
            raise ClusterError(f"Prometheus says {error.code} to {query}: {error.read().decode()}") from error
    except OSError as error:
        raise ClusterError(f"Prometheus at {address}: {error}") from error
    return [
        Line(each["metric"], [at for at, _ in each["values"]], [float(value) for _, value in each["values"]])
        for each in found
    ]


def main(
    target: Annotated[Path, typer.Argument(help="The picture to write, such as dashboard.png.")],
    *,
    prometheus: Annotated[str, typer.Option(help="Where Prometheus answers.")] = "http://127.0.0.1:9090",
    namespace: Annotated[str, typer.Option(help="Of the ModelDeployments: a regular expression.")] = ".+",
    name: Annotated[str, typer.Option(help="Their names: a regular expression.")] = ".+",
    since: Annotated[
        float, typer.Option(help="Seconds since 1970; by default 10 minutes before the end.")
    ] = 0,
    until: Annotated[float, typer.Option(help="Seconds since 1970; now by default.")] = 0,
) -> None:
    """Draw the chart's dashboard of what a Prometheus has: a substitute where there is no Grafana.

    Example: python -m e2e.draw_dashboard dashboard.png --prometheus http://127.0.0.1:9090 --name fraud
    """
    end = until or time.time()
    variables = {"namespace": namespace, "name": name}
    draw(
        lambda query, span: asking(prometheus, query, span), Span(since or end - 600, end), variables, target
    )
    say(f"{target} shows the dashboard's panels, drawn with matplotlib and not by Grafana")


if __name__ == "__main__":
    typer.run(main)

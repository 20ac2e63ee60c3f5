"""What a guard costs: latency, throughput, memory and CPU, on the real Triton with and without one.

`python -m e2e.bench_guard` (root, 6 minutes), and a part of `make bench`.

The load comes from `h2load` (Debian package nghttp2-client), straight to a pod's address: a client that
leaves the two cores to those who are measured. Runs with and without guard follow each other in turn.
"""

from __future__ import annotations

import json
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tritonclient.grpc import service_pb2

from e2e import echo
from e2e.bench_figures import head, measure, row
from e2e.cluster.box import Box
from e2e.cluster.packages import ensure_packages
from e2e.cluster.progress import step
from e2e.processes import cpu_seconds, resident_mib, running
from e2e.stage import Stage
from sluiceway.build.guard.bootstrap import DIRECTORY
from sluiceway.build.guard.ports import GRPC_PORT, HTTP_PORT
from tests.support.cluster_view import View

ROUNDS = 5
SECONDS = 4
CONNECTIONS = (1, 8)
VALUES = [float(number) for number in range(8)]
BARE, GUARDED = "bare", "guarded"


@dataclass(frozen=True)
class Load:
    """One run: requests per second, and the microseconds that each request took."""

    rate: float
    took: list[int]

    def percentile(self, percent: int) -> float:
        """Return a percentile of the latency in milliseconds."""
        return quantiles(self.took, n=100)[percent - 1] / 1000


def table(stage: Stage, view: View) -> str:
    """Return the figures as Markdown; the claim `models` has to be there."""
    rows = [row(what, values) for what, values in _figures(stage, view)]
    return "\n".join([*head("python -m e2e.bench_guard", ROUNDS), *rows])


def _figures(stage: Stage, view: View) -> Iterator[tuple[str, list[float]]]:
    """Yield figures by what they are of: one value per round."""
    assert isinstance(stage.cluster, Box)
    ensure_packages(("nghttp2-client",))
    echo.put(view)
    addresses = {name: _serve(view, name) for name in (BARE, GUARDED)}
    [guard] = running(f"{DIRECTORY}/")
    yield "memory of a guard before its first request, MiB resident", [resident_mib(guard)]
    yield from _idle(guard)
    with tempfile.TemporaryDirectory() as folder:
        for protocol in ("HTTP", "gRPC"):
            for connections in CONNECTIONS:
                with step(f"{ROUNDS} rounds with and without guard, {protocol}, {connections} connections"):
                    loads = _rounds(stage.cluster, Path(folder), addresses, protocol, connections)
                yield from _compared(f"{protocol}, {connections} connections", loads)
        began = cpu_seconds(guard)
        load = _load(stage.cluster, Path(folder), addresses[GUARDED], "HTTP", 8)
        spent = cpu_seconds(guard) - began
        yield "CPU of a guard, microseconds per HTTP request", [spent / len(load.took) * 1e6]
    yield "memory of a guard after the load, MiB resident", [resident_mib(guard)]
    view.kubectl("delete", "mdep", BARE, GUARDED, "--wait=true", "--timeout=60s")


def _serve(view: View, name: str) -> str:
    guard = "Enabled" if name == GUARDED else "Disabled"
    view.apply(echo.resource(name, traffic=None, guard=guard))
    view.wait_ready(name)
    [pod] = view.list("pods", f"sluiceway.dev/model-deployment={name}")
    return str(pod["status"]["podIP"])


def _idle(guard: int) -> Iterator[tuple[str, list[float]]]:
    began = cpu_seconds(guard)
    with step(f"{5 * SECONDS} s of rest"):
        subprocess.run(["sleep", str(5 * SECONDS)], check=True)
    spent = cpu_seconds(guard) - began
    yield "CPU of an idle guard, millicores", [spent / (5 * SECONDS) * 1000]


def _rounds(
    box: Box, folder: Path, addresses: dict[str, str], protocol: str, connections: int
) -> dict[str, list[Load]]:
    found: dict[str, list[Load]] = {BARE: [], GUARDED: []}
    for _ in range(ROUNDS):
        for name, address in addresses.items():
            found[name].append(_load(box, folder, address, protocol, connections))
    return found


def _compared(what: str, loads: dict[str, list[Load]]) -> Iterator[tuple[str, list[float]]]:
    for percent in (50, 99):
        of = {name: [load.percentile(percent) for load in runs] for name, runs in loads.items()}
        yield f"p{percent} without guard, ms, {what}", of[BARE]
        added = [with_ - without for with_, without in zip(of[GUARDED], of[BARE], strict=True)]
        yield f"p{percent} added by the guard, ms, {what}", added
    rates = {name: [load.rate for load in runs] for name, runs in loads.items()}
    yield f"requests per second without guard, {what}", rates[BARE]
    shares = [with_ / without for with_, without in zip(rates[GUARDED], rates[BARE], strict=True)]
    yield f"of that with guard, percent, {what}", [100 * share for share in shares]


def _load(box: Box, folder: Path, address: str, protocol: str, connections: int) -> Load:
    body, log = folder / "body", folder / "log"
    log.unlink(missing_ok=True)
    if protocol == "HTTP":
        body.write_text(json.dumps({"inputs": [_tensor() | {"data": VALUES}]}))
        target = [f"http://{address}:{HTTP_PORT}/v2/models/{echo.MODEL}/infer", "--h1"]
    else:
        body.write_bytes(_framed())
        target = [
            f"http://{address}:{GRPC_PORT}/inference.GRPCInferenceService/ModelInfer",
            *("-H", "content-type: application/grpc", "-H", "te: trailers"),
        ]
    command = ["h2load", *target, f"--data={body}", f"--log-file={log}", f"--duration={SECONDS}"]
    command += [f"--clients={connections}", "--max-concurrent-streams=1", "--threads=1", "--warm-up-time=1"]
    inside = ["nsenter", f"--target={box.must_run()}", "--net", "--", *command]
    said = subprocess.run(inside, check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in log.read_text().splitlines()]
    assert lines, said
    assert {status for _, status, _ in lines} == {"200"}, said
    return Load(len(lines) / SECONDS, [int(took) for _, _, took in lines])


def _tensor() -> dict[str, object]:
    return {"name": "input", "datatype": "FP32", "shape": [len(VALUES)]}


def _framed() -> bytes:
    """Return a ModelInfer request as HTTP/2 carries it: a flag, the length, the message."""
    request = service_pb2.ModelInferRequest(
        model_name=echo.MODEL,
        inputs=[service_pb2.ModelInferRequest.InferInputTensor(**_tensor())],
        raw_input_contents=[struct.pack(f"<{len(VALUES)}f", *VALUES)],
    )
    message: bytes = request.SerializeToString()
    return struct.pack(">BI", 0, len(message)) + message


if __name__ == "__main__":
    measure("guards", table)

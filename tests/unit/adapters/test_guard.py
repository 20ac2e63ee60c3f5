"""What is read from a real guard in front of servers that play Triton."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import grpc
import pytest

from sluiceway.adapters.guard import EnvoyGuards
from sluiceway.api import names
from sluiceway.build.guard.files import files
from sluiceway.core.counts import CLASSES, CODES
from sluiceway.core.evidence import Evidence, Scrape
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.tally import Moment
from tests.support.guard import KEY, MODEL, REVISION, free_ports, guarding
from tests.support.guarded import HELD, LOOK_SECONDS, PATIENCE_SECONDS, SILENT, Guarded, guarded

MOST_BYTES = 8 * 1024


@pytest.fixture
async def pod() -> AsyncIterator[Guarded]:
    """Return a guarded Triton."""
    async with guarded() as found:
        yield found


def by_class(found: Reading) -> dict[str, int]:
    return {name: count for name, count in zip(CLASSES, found.counts.http, strict=True) if count}


def by_code(found: Reading) -> dict[int, int]:
    return {code: count for code, count in enumerate(found.counts.grpc) if count}


async def test_every_http_status_is_counted_by_its_class(pod: Guarded) -> None:
    for status in ("200", "201", "302", "404", "400", "500", "503", "507"):
        await pod.post(status)
    found = await pod.reading(lambda seen: seen.counts.timed[0] == 8)
    assert by_class(found) == {"2xx": 2, "3xx": 1, "4xx": 2, "5xx": 3}
    assert (found.begun, found.in_flight, found.counts.abandoned) == ((8, 0), (0, 0), (0,))


async def test_every_grpc_code_is_counted(pod: Guarded) -> None:
    refused = ("INVALID_ARGUMENT", "NOT_FOUND", "UNAVAILABLE", "INTERNAL", "UNKNOWN", "DATA_LOSS")
    pod.triton.codes += refused
    for _ in refused:
        await pod.call()
    assert await pod.call() is grpc.StatusCode.OK
    found = await pod.reading(lambda seen: seen.counts.timed[0] == 7)
    assert by_code(found) == {0: 1} | {grpc.StatusCode[name].value[0]: 1 for name in refused}
    assert (found.begun, found.counts.abandoned) == ((0, 7), (0,))


async def test_probes_previews_and_questions_are_no_evidence(pod: Guarded) -> None:
    await pod.post("503", **{names.HEADER_REVISION: REVISION})
    async with pod.session.get(f"{pod.guard.own}/v2/models/{MODEL}/ready") as response:
        assert response.status == 200
    async with pod.session.get(f"{pod.guard.http}/v2/models/{MODEL}/config") as response:
        assert response.status == 200
    assert await pod.post("", path="/v2/repository/models/fraud/unload") == 403
    assert (await pod.reading()).counts == Reading().counts


async def test_streams_are_counted_by_how_they_end_alone(pod: Guarded) -> None:
    await pod.post("503", path=f"/v2/models/{MODEL}/generate_stream")
    found = await pod.reading(lambda seen: any(seen.counts.http_stream))
    assert found.counts.http_stream == (0, 0, 0, 0, 1)
    assert (by_class(found), found.begun, found.counts.timed) == ({}, (0, 0), (0,))


async def test_a_triton_that_is_not_there_fails_requests_that_nobody_abandoned() -> None:
    http, unserved = free_ports(2)
    async with guarding(http, unserved) as guard, EnvoyGuards() as guards, guarded() as other:
        pod = Guarded(other.triton, guard, guards, other.session)
        assert await pod.post() == 503
        assert await pod.call() is grpc.StatusCode.UNAVAILABLE
        found = await pod.reading()
    assert (by_class(found), by_code(found)) == ({"5xx": 1}, {14: 1})
    assert (found.counts.abandoned, found.begun) == ((0,), (0, 0))


async def watched(pod: Guarded, *, until: Callable[[Evidence], object]) -> Evidence:
    """Return the evidence as soon as it is as awaited."""
    loop, evidence = asyncio.get_running_loop(), Evidence().watching([Scrape("a", "uid", pod.target)])
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            asked = loop.time()
            answer = await pod.guards.read(pod.target)
            evidence = evidence.took("uid", answer, Moment(datetime.now(UTC), asked, loop.time()))
            if until(evidence):
                return evidence
            await asyncio.sleep(LOOK_SECONDS)


async def test_what_is_in_flight_is_seen_with_its_age_and_its_latency_afterwards(pod: Guarded) -> None:
    waits = asyncio.create_task(pod.post(HELD))
    evidence = await watched(pod, until=lambda seen: seen.older_than(0.3))
    assert (evidence.in_flight, evidence.older_than(0.3), evidence.counts.abandoned) == (1, 1, (0,))
    pod.triton.go_on.set()
    assert await waits == 200
    await pod.post("200")
    found = await pod.reading(lambda seen: seen.counts.timed[0] == 2)
    # What was in flight for 0.3 s took longer than 250 ms.
    assert found.counts.slower_than(250) == 1
    assert found.in_flight == (0, 0)


async def test_callers_that_give_up_over_http_are_counted(pod: Guarded) -> None:
    await pod.give_up(HELD, seconds=0.1)
    evidence = await watched(pod, until=lambda seen: seen.counts.abandoned != (0,))
    assert (evidence.counts.abandoned, evidence.in_flight, sum(evidence.counts.http)) == ((1,), 0, 0)


async def test_callers_that_give_up_over_grpc_are_counted(pod: Guarded) -> None:
    pod.triton.codes.append(SILENT)
    held = asyncio.create_task(pod.call())
    await pod.reading(lambda seen: seen.in_flight == (0, 1))
    held.cancel()
    evidence = await watched(pod, until=lambda seen: seen.counts.abandoned != (0,))
    assert (evidence.counts.abandoned, evidence.in_flight) == ((1,), 0)


async def test_a_table_that_the_guard_refuses_is_told(pod: Guarded) -> None:
    table = json.loads(files(MODEL, REVISION, KEY)["http.json"])
    table["resources"][0]["virtual_hosts"][0]["routes"][0]["route"]["cluster"] = "nobody"
    pod.guard.write({"http.json": json.dumps(table)})
    found = await pod.reading(lambda seen: seen.tables["http"].rejected)
    assert found.tables["http"].taken == 1


async def test_a_guard_that_has_counted_everything_answers_in_little(pod: Guarded) -> None:
    every = [code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK]
    pod.triton.codes += every
    for _ in range(CODES):
        await pod.call()
    for status in ("200", "302", "404", "500"):
        await pod.post(status)
        await pod.post(status, path=f"/v2/models/{MODEL}/generate_stream")
    await pod.reading(lambda seen: seen.counts.timed[0] == CODES + 4)
    async with pod.session.get(f"{pod.guard.own}/stats") as response:
        size = len(await response.read())
    # Counts of millions have six digits more, at 33 bounds twice.
    assert size + 2 * 33 * 6 + 60 * 6 < MOST_BYTES


async def test_a_guard_that_has_ended_does_not_answer(pod: Guarded) -> None:
    await pod.reading()
    pod.guard.process.kill()
    await pod.guard.process.wait()
    found = await pod.guards.read(pod.target)
    assert isinstance(found, Unanswered)
    assert found.reason

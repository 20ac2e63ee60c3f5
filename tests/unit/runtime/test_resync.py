"""The safety net looks soon after Kopf had to list anew, soon after nobody answered, else now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sluiceway.build.objects import Object
from sluiceway.ports import Unavailable
from sluiceway.runtime.keys import Interests, Key, keys_of
from sluiceway.runtime.resync import AFTER_LISTING_SECONDS, RESYNC_SECONDS, Resync
from tests.fakes.cluster import FakeCluster
from tests.fakes.loop import run
from tests.fakes.objects import ready_pod

FRAUD: Key = ("models", "fraud")


class Net:
    """The safety net over a cluster, and the keys that it wanted reconciled."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.keys: list[Key] = []
        self.missed: dict[str, int] = {}
        self.resync = Resync(cluster, None, self._heard_of, self.keys.append, self._count)

    def _count(self, kind: str, number: int) -> None:
        self.missed[kind] = self.missed.get(kind, 0) + number

    def hear(self, event: str, obj: Object) -> None:
        self.resync.note(event, obj, keys_of(obj, Interests()))

    def _heard_of(self, event: str, obj: Object) -> None:
        self.hear(event, obj)
        self.keys += keys_of(obj, Interests())


async def found_after(net: Net, seconds: float) -> list[Key]:
    task = asyncio.create_task(net.resync.run())
    await asyncio.sleep(seconds)
    task.cancel()
    return net.keys


def gone() -> Object:
    found = ready_pod("fraud-1a2b3", 1)
    return found | {"metadata": found["metadata"] | {"resourceVersion": "1"}}


def test_what_went_is_found_soon_after_kopf_listed_anew() -> None:
    async def story() -> list[Key]:
        net = Net(FakeCluster())
        net.hear("", gone())
        return await found_after(net, 2 * AFTER_LISTING_SECONDS)

    assert run(story()) == [FRAUD]


def test_what_went_unheard_is_found_now_and_then() -> None:
    async def story(seconds: float) -> list[Key]:
        net = Net(FakeCluster())
        net.hear("ADDED", gone())
        return await found_after(net, seconds)

    assert run(story(RESYNC_SECONDS - 1)) == []
    assert run(story(RESYNC_SECONDS + 1)) == [FRAUD]


def test_an_api_server_that_does_not_answer_is_asked_again_soon() -> None:
    class Away(FakeCluster):
        asked = 0

        async def list(
            self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
        ) -> list[Object]:
            self.asked += 1
            if self.asked <= 3:
                raise Unavailable("connection refused")
            return await super().list(api_version, kind, namespace, labels)

    async def story() -> list[Key]:
        net = Net(Away())
        net.hear("", gone())
        return await found_after(net, 6 * AFTER_LISTING_SECONDS)

    assert run(story()) == [FRAUD]


def test_what_no_watch_delivered_is_counted_by_kind_and_once() -> None:
    cluster = FakeCluster()
    cluster.put(ready_pod("fraud-1a2b3", 2))

    async def story() -> dict[str, int]:
        net = Net(cluster)
        net.hear("ADDED", gone())
        await found_after(net, 3.5 * RESYNC_SECONDS)
        return net.missed

    missed = run(story())
    assert missed.pop("Pod") == 2, "one that went and one that came"
    assert set(missed.values()) == {0}

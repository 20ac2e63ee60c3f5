"""Kopf ends on a watch error: it is started anew, and said when that does not help."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sluiceway.api import names
from sluiceway.runtime.kopf_watch import _GATEWAY_API, _REQUIRED, ROUTES, KindName, _settings
from sluiceway.runtime.watch import LONGEST_RESTART_SECONDS, RESTART_SECONDS, Watch, _delay

PATIENCE_SECONDS = 10.0
"""How long a test waits for another thread before it fails."""


@dataclass(frozen=True)
class Resource:
    """Stands in for what Kopf knows of a kind that it found."""

    name: KindName

    group = property(lambda self: self.name[0])
    version = property(lambda self: self.name[1])
    plural = property(lambda self: self.name[2])


class Kopf:
    """Stands in for `kopf.operator`: raises as often as it is told, then watches until it is stopped."""

    def __init__(self, failures: int = 0, kinds: Iterable[KindName] = (*_REQUIRED, *_GATEWAY_API)) -> None:
        self.failures = failures
        self.kinds = list(kinds)
        self.starts: list[dict[str, Any]] = []
        self.watches = threading.Event()
        self.ended = threading.Event()

    async def __call__(self, *, stop_flag: threading.Event, insights: Any, **given: Any) -> None:
        self.starts.append(given)
        if len(self.starts) <= self.failures:
            raise RuntimeError("the watch broke")
        insights.watched_resources.update(map(Resource, self.kinds))
        insights.ready_resources.set()
        await asyncio.sleep(0)
        self.watches.set()
        assert await asyncio.to_thread(stop_flag.wait, PATIENCE_SECONDS)
        self.watches.clear()
        self.ended.set()


Started = Callable[..., Watch]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """Return a function that starts a watch on a given Kopf, without delays; it is stopped at the end."""
    watches: list[Watch] = []
    monkeypatch.setattr("sluiceway.runtime.watch._delay", lambda _failures: 0.0)

    def start(kopf: Kopf, namespace: str | None = None, interrupted: threading.Event | None = None) -> Watch:
        monkeypatch.setattr("sluiceway.runtime.kopf_watch.kopf.operator", kopf)
        watch = Watch(lambda _event, _obj: None, namespace=namespace, in_cluster=False)
        watch._interrupted = interrupted or watch._interrupted
        watches.append(watch)
        watch.start()
        return watch

    yield start
    for watch in watches:
        watch.stop()
        assert not watch._thread.is_alive()


def test_kopf_is_started_again_after_it_raised(started: Started) -> None:
    kopf = Kopf(failures=1)
    watch = started(kopf)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    assert (len(kopf.starts), watch.restarts, watch.trouble) == (2, 1, None)


def test_failure_after_failure_is_told_to_whoever_asks_for_health(started: Started) -> None:
    kopf = Kopf(failures=6)
    watch = started(kopf)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    assert watch.trouble == "watching failed 6 times in a row: RuntimeError: the watch broke"
    assert watch.alive


def test_failures_are_no_trouble_any_more_once_watching_has_lasted(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sluiceway.runtime.watch._SETTLED_SECONDS", -1.0)
    kopf = Kopf(failures=6)
    watch = started(kopf)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    assert watch.trouble is None


def test_a_kind_that_always_has_to_be_there_is_looked_for_again(started: Started) -> None:
    own = (names.GROUP, names.VERSION, names.PLURAL)
    kopf = Kopf(kinds=_REQUIRED - {own})
    watch = started(kopf)
    assert kopf.ended.wait(PATIENCE_SECONDS)
    kopf.ended.clear()
    assert kopf.ended.wait(PATIENCE_SECONDS)
    assert watch._error == "the API server does not serve modeldeployments.sluiceway.dev"


@pytest.mark.parametrize("there", [True, False])
def test_what_is_not_watched_is_told(there: bool, started: Started) -> None:
    kopf = Kopf(kinds=(*_REQUIRED, *_GATEWAY_API) if there else _REQUIRED)
    served = frozenset({ROUTES})
    watch = started(kopf)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    assert watch.lacks(served) == (frozenset() if there else served)
    watch.restart()
    assert not watch.lacks(served), "nothing is known while Kopf starts anew"


def test_a_kind_that_appeared_is_watched_by_starting_anew(started: Started) -> None:
    kopf = Kopf(failures=6)
    watch = started(kopf)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    watch.restart()
    assert kopf.ended.wait(PATIENCE_SECONDS)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    assert (len(kopf.starts), watch.restarts, watch.trouble) == (8, 7, None)


def test_a_watch_that_was_stopped_is_not_started_again(started: Started) -> None:
    kopf = Kopf()
    watch = started(kopf)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    watch.stop()
    assert (len(kopf.starts), watch.restarts) == (1, 0)
    assert watch.trouble == "the watch has ended"


def test_a_stop_in_the_moment_of_a_start_is_not_forgotten(started: Started) -> None:
    starting, stopped = threading.Event(), threading.Event()

    class Forgetful(threading.Event):
        def clear(self) -> None:
            starting.set()
            assert stopped.wait(PATIENCE_SECONDS)
            super().clear()

    kopf, interrupted = Kopf(), Forgetful()
    watch = started(kopf, interrupted=interrupted)
    assert starting.wait(PATIENCE_SECONDS)
    watch._stopping.set()
    interrupted.set()
    stopped.set()
    watch._thread.join(PATIENCE_SECONDS)
    assert kopf.starts == []


SCOPES: dict[str, tuple[str | None, dict[str, Any]]] = {
    "the whole cluster": (None, {"clusterwide": True, "namespaces": []}),
    "one namespace": ("models", {"clusterwide": False, "namespaces": ["models"]}),
}


@pytest.mark.parametrize(("namespace", "expected"), SCOPES.values(), ids=SCOPES)
def test_kopf_watches(namespace: str | None, expected: dict[str, Any], started: Started) -> None:
    kopf = Kopf()
    started(kopf, namespace)
    assert kopf.watches.wait(PATIENCE_SECONDS)
    assert expected.items() <= kopf.starts[0].items()


def test_kopf_is_told_to_write_nothing_and_to_look_for_nothing_else() -> None:
    settings = _settings()
    assert settings.scanning.disabled
    assert not settings.posting.enabled
    assert settings.peering.standalone


def test_starts_that_fail_come_later_and_later_up_to_a_limit() -> None:
    delays = [_delay(failures) for failures in range(8)]
    assert delays[:3] == [RESTART_SECONDS, RESTART_SECONDS, 2 * RESTART_SECONDS]
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_RESTART_SECONDS

"""Watching that goes on: Kopf on a thread of its own, started anew whenever it ends.

It has an event loop of its own, since it takes every task of its loop for its own and cancels them
when it ends (Kopf, "Embedding"). It is started anew within a second, while the queue and the workers
go on; a crash of the process would cost kubelet's back-off instead.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time

from sluiceway.ports import ClusterError
from sluiceway.runtime.kopf_watch import KindName, KopfWatch, Sink

log = logging.getLogger(__name__)

RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 5.0
_SETTLED_SECONDS = 30.0
"""Watching that lasted so long is well; after less, the next start waits longer than the last."""
_TROUBLE_AFTER_FAILURES = 6
"""Half a minute of starts that failed, at the delays above: more than an API server's restart takes."""


class Watch:
    """Watches ModelDeployments and what concerns them, until it is stopped."""

    def __init__(self, sink: Sink, *, namespace: str | None, in_cluster: bool) -> None:
        self._kopf = KopfWatch(sink, namespace, in_cluster, self._watching)
        self.restarts = 0
        """How often Kopf ended and was started anew."""
        self._failures = 0
        self._error = ""
        self._watched: frozenset[KindName] | None = None
        self._since = 0.0
        self._stopping = threading.Event()
        self._interrupted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin watching in the background."""
        self._thread.start()

    def restart(self) -> None:
        """List and watch everything anew: a kind has appeared."""
        self._watched = None
        self._interrupted.set()

    def stop(self) -> None:
        """End watching and wait for it."""
        self._stopping.set()
        self._interrupted.set()
        self._thread.join(timeout=10)

    @property
    def alive(self) -> bool:
        """Whether watching goes on or is tried anew."""
        return self._thread.is_alive()

    @property
    def trouble(self) -> str | None:
        """Why nothing is watched, None when all is well; a start or two that failed are no trouble yet."""
        if not self.alive:
            return "the watch has ended"
        if self._failures >= _TROUBLE_AFTER_FAILURES and not self._settled:
            return f"watching failed {self._failures} times in a row: {self._error}"
        return None

    def lacks(self, served: frozenset[KindName]) -> frozenset[KindName]:
        """Return which kinds of *served* the API server did not name when watching began."""
        return served - self._watched if self._watched is not None else frozenset()

    @property
    def _settled(self) -> bool:
        return self._watched is not None and time.monotonic() - self._since > _SETTLED_SECONDS

    def _watching(self, kinds: frozenset[KindName]) -> None:
        self._since = time.monotonic()
        self._watched = kinds

    def _run(self) -> None:
        while True:
            self._interrupted.clear()
            # Asked only now: clearing forgets the interruption of a stop that came a moment before.
            if self._stopping.is_set():
                return
            self._watched = None
            try:
                asyncio.run(self._kopf.run(self._interrupted))
            except ClusterError as error:
                self._failed(str(error))
            except Exception as error:
                # A mistake, but the remedy is the same: the next listing brings everything.
                log.exception("watching ended by a mistake in the operator")
                self._failed(f"{type(error).__name__}: {error}")
            else:
                self._failures = 0
            if not self._stopping.wait(_delay(self._failures)):
                self.restarts += 1

    def _failed(self, error: str) -> None:
        self._failures = 1 if self._settled else self._failures + 1
        self._error = error
        log.warning("watching ended; it is started anew in %.1f s: %s", _delay(self._failures), error)


def _delay(failures: int) -> float:
    """Return how long to wait before the next start: at once after the first, longer after each more."""
    return min(RESTART_SECONDS * 2.0 ** max(failures - 1, 0), LONGEST_RESTART_SECONDS)

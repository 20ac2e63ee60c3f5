"""What Kopf logs, cut down to what a person on call wants to read."""

from __future__ import annotations

import logging

QUIET_SECONDS = 10.0
_REQUESTS = ("kopf._cogs.clients.watching", "kopf._core.reactor.observation")
_WATCHERS = "kopf._core.reactor.orchestration"
_ITSELF = "kopf._core.reactor.running"


def quieten_kopf() -> None:
    """Let Kopf log warnings only, each once, and what ended it without the way there."""
    logging.getLogger("kopf").setLevel(logging.WARNING)
    # While the API server is away, nine watches log every attempt: ten lines a second.
    sparing = Sparing()
    for name in _REQUESTS:
        logging.getLogger(name).addFilter(sparing)
    logging.getLogger(_WATCHERS).addFilter(_without_traceback)
    # It repeats what the watcher of a kind said, and `Watch` says that it ended.
    logging.getLogger(_ITSELF).setLevel(logging.CRITICAL)


class Sparing(logging.Filter):
    """Lets errors through only now and then: one, then none for a while."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is logged."""
        if record.levelno < logging.ERROR:
            return True
        if record.created < self._quiet_until:
            return False
        self._quiet_until = record.created + QUIET_SECONDS
        return True


def _without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = record.exc_text = None
    return True

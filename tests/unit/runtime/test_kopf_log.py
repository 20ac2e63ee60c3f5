"""What is left of Kopf's log when nobody asked for all of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from sluiceway.runtime.kopf_log import QUIET_SECONDS, Sparing, quieten_kopf

WATCHERS = "kopf._core.reactor.orchestration"
ITSELF = "kopf._core.reactor.running"


@pytest.fixture
def quiet() -> Iterator[None]:
    """Let Kopf's loggers be quiet, and as they were before at the end."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("kopf")]
    loggers = [logging.getLogger(name) for name in ("kopf", WATCHERS, ITSELF, *names)]
    before = [(logger, logger.level, list(logger.filters)) for logger in loggers]
    quieten_kopf()
    yield
    for logger, level, filters in before:
        logger.setLevel(level)
        logger.filters[:] = filters


def said(level: int, seconds: float) -> logging.LogRecord:
    record = logging.LogRecord("kopf", level, "", 0, "Request attempt #1/4 failed", None, None)
    record.created = seconds
    return record


def test_of_failed_requests_one_is_told_now_and_then() -> None:
    sparing = Sparing()
    times = [100.0, 100.1, 100.0 + QUIET_SECONDS - 0.1, 100.0 + QUIET_SECONDS, 101.0 + QUIET_SECONDS]
    assert [sparing.filter(said(logging.ERROR, time)) for time in times] == [True, False, False, True, False]


def test_warnings_are_all_told() -> None:
    sparing = Sparing()
    assert [sparing.filter(said(logging.WARNING, 100.0)) for _ in range(3)] == [True] * 3


@pytest.mark.usefixtures("quiet")
def test_what_broke_a_watch_is_told_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    watchers = logging.getLogger(WATCHERS)
    try:
        raise ValueError("500")  # noqa: TRY301 - what is logged is an exception that was raised
    except ValueError:
        watchers.exception("Watcher for pods has failed: 500")
    logging.getLogger(ITSELF).error("Multidimensional multitasker has failed: 500")
    watchers.info("how it went")
    assert [(record.message, record.exc_text) for record in caplog.records] == [
        ("Watcher for pods has failed: 500", None)
    ]

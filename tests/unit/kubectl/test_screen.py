"""What `watch` shows while a candidate begins to fail, and what it says where there is no terminal."""

from __future__ import annotations

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sluiceway.core.commands import Command
from sluiceway.kubectl.live import Unheard
from sluiceway.kubectl.problems import Exit
from sluiceway.kubectl.screen import screen
from sluiceway.kubectl.seeing import view_of
from sluiceway.kubectl.session import Session
from sluiceway.kubectl.track import Track
from sluiceway.kubectl.watching import Until, seconds_of, watch
from sluiceway.ports import Unavailable
from tests.conftest import Golden
from tests.fakes.objects import NAME, NAMESPACE
from tests.unit.kubectl.api import Api, api_of
from tests.unit.kubectl.drawn import as_text
from tests.unit.kubectl.filmed import Look, looks, svg
from tests.unit.kubectl.stories import at_the_gate, give, served, snapshot

GOLDEN = Path(__file__).parent / "golden"
PICTURE = Path(__file__).parents[3] / "docs" / "images" / "watch.svg"


@pytest.fixture(scope="module")
def film() -> list[Look]:
    return list(looks())


def test_the_share_the_plots_and_the_evidence_rise_until_the_requests_go_back(
    film: list[Look], golden: Golden
) -> None:
    first, *_, before, last = film
    assert [first.view.step and first.view.step.at, before.view.step and before.view.step.at] == [0, 3]
    golden(GOLDEN / "watch-at-the-first-look.txt", as_text(first.screen, 110))
    golden(GOLDEN / "watch-just-before-the-end.txt", as_text(before.screen, 110))
    golden(GOLDEN / "watch-at-the-end.txt", as_text(last.screen, 110))
    assert last.view.failed


def test_a_gate_and_no_live_figures_are_said(golden: Golden) -> None:
    view = view_of(snapshot(at_the_gate()), Unheard("nobody is there"))
    shown = as_text(screen(view, Track().after(view), "03:00:00Z"), 110)
    golden(GOLDEN / "watch-at-a-gate.txt", shown)
    assert "waits for a person" in shown
    assert "nobody counts" in shown
    assert "note: no live figures, only what the status says: nobody is there" in shown


def test_the_picture_in_the_readme_is_what_is_shown_now(golden: Golden) -> None:
    golden(PICTURE, svg())


class Restless(Api):
    """Something happens to the world before every look but the first."""

    def __init__(self, *events: object) -> None:
        super().__init__()
        self.events = list(events)

    async def ask_service(self, namespace: str, service: str, path: str) -> object:
        event = self.events.pop(0) if self.events else None
        if callable(event):
            event()
        self.error = event if isinstance(event, Unavailable) else None
        return await super().ask_service(namespace, service, path)


def told(
    api: Api, until: Until, monkeypatch: pytest.MonkeyPatch, *, terminal: bool = False
) -> tuple[Exit, str]:
    monkeypatch.setattr("sluiceway.kubectl.watching._EVERY_SECONDS", 0)
    console = Console(file=StringIO(), width=110, force_terminal=terminal, color_system=None)
    session = Session(api, NAMESPACE)  # type: ignore[arg-type]
    code = asyncio.run(watch(session, NAME, until, console))
    assert isinstance(console.file, StringIO)
    return code, console.file.getvalue()


def test_without_a_terminal_a_line_is_written_per_change(monkeypatch: pytest.MonkeyPatch) -> None:
    promoted = at_the_gate()
    give(promoted, Command.PROMOTE)
    api = Restless(None, None)
    api.cluster = at_the_gate().cluster
    api.events.append(lambda: setattr(api, "cluster", promoted.cluster))
    code, said = told(api, Until(settled=True, seconds=1), monkeypatch)
    assert code is Exit.NOT_SETTLED
    lines = [line.partition(" ")[2] for line in said.splitlines()]
    assert len(lines) == len(set(lines))
    assert lines[0].startswith("AwaitingPromotion [")
    assert "75 %" in lines[-1]


def test_an_api_server_that_is_away_for_a_moment_ends_no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Restless(None, Unavailable("nobody is there"), Unavailable("nobody is there"), None)
    api.cluster = served().cluster
    code, said = told(api, Until(seconds=0.5), monkeypatch, terminal=True)
    assert code is Exit.NOT_SETTLED
    assert "note: not seen now, trying again: nobody is there" in said


def test_an_api_server_that_never_was_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    api = api_of(served())
    api.error = Unavailable("nobody is there")
    with pytest.raises(Unavailable):
        told(api, Until(settled=True), monkeypatch)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("0s", 0), ("45", 45), ("2h", 7200)]
)
def test_durations_are_read_as_kubectl_reads_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5 m", "-5m", "m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration: write 90s, 30m or 1h30m"):
        seconds_of(text)

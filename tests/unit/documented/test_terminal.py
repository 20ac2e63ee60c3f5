"""Commands that are typed: in one shell, compared with what the page shows, repeated where that helps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented import terminal as module
from tests.documented.pages import Command
from tests.documented.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path, {"GIVEN": "from outside"}) as found:
        yield found


def command(text: str, shown: str = "") -> Command:
    return Command("page.md", 1, text, shown)


def test_variables_folders_and_files_stay_from_one_command_to_the_next(terminal: Terminal) -> None:
    terminal.walk(
        [
            command("export KEPT=7"),
            command("mkdir there && cd there"),
            command("cat > file <<EOF\nkept: $KEPT\n$GIVEN\nEOF"),
            command("cat ../there/file", "kept: 1\nfrom outside"),
        ]
    )


def test_a_job_goes_on_while_others_are_typed(terminal: Terminal) -> None:
    terminal.walk([command("mkfifo pipe"), command("echo there > pipe &"), command("cat pipe", "there")])


def test_what_shows_nothing_has_to_succeed(terminal: Terminal) -> None:
    with pytest.raises(AssertionError, match=r"page.md:1: false\nended with 1"):
        terminal.do(command("false"))


def test_a_refusal_that_is_shown_is_as_it_should_be(terminal: Terminal) -> None:
    terminal.do(command("echo refused >&2; (exit 1)", "refused"))


def test_other_words_than_those_on_the_page_are_told_with_both(terminal: Terminal) -> None:
    with pytest.raises(AssertionError, match=r"printed:\nsome words\n\n\nthe page shows:\nother words"):
        terminal.do(command("echo some words", "other words"))


def test_who_only_looks_looks_again(terminal: Terminal) -> None:
    terminal.walk(
        [
            command("kubectl() { echo >> looks; wc -l < looks | sed 's/[^2]/no/;s/2/settled/'; }"),
            command("kubectl get mdep", "settled"),
            command("wc -l < looks", "2"),
        ]
    )


def test_what_changes_something_is_typed_once(terminal: Terminal, tmp_path: Path) -> None:
    terminal.do(command("kubectl() { echo x >> changed; echo no; }"))
    with pytest.raises(AssertionError):
        terminal.do(command("kubectl delete mdep fraud", "deleted"))
    assert (tmp_path / "changed").read_text() == "x\n"


def test_a_command_without_an_end_fails(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.1)
    with pytest.raises(AssertionError, match="not within 0 s: cat"):
        terminal.do(command("cat /dev/zero | tail -c 1"))


def test_a_shell_that_ends_is_told(terminal: Terminal) -> None:
    with pytest.raises(AssertionError, match="the shell ended: exit 3"):
        terminal.do(command("exit 3"))

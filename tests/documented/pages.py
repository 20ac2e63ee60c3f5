"""What the documentation holds: fenced blocks, and the commands in those that are a terminal.

In a block of the language `console` a line that begins with `$ ` is a command. It goes on in the next line
after a backslash, and up to its end mark with `<<EOF`. The lines that follow are what it prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TERMINAL = "console"
PROMPT = "$ "
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)$")
_HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?(?P<end>\w+)['\"]?")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    """Path from the repository's root."""
    line: int
    """Of its first line of text, from 1."""
    language: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its lines as one text."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class Command:
    """A command that a page tells people to type."""

    page: str
    line: int
    text: str
    shown: str
    """What the page shows that it prints; empty when it shows nothing."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def pages() -> list[str]:
    """Return every page of the documentation, by its path from the repository's root."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [str(path.relative_to(ROOT)) for path in found]


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return list(parse(page, (ROOT / page).read_text(encoding="utf-8")))


def parse(page: str, text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a text.

    :raises ValueError: when one has no end.
    """
    opened: tuple[int, str, str] | None = None
    held: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, held = (number + 1, fence["language"], fence["indent"]), []
        elif fence and not fence["language"]:
            yield Block(page, opened[0], opened[1], tuple(held))
            opened = None
        else:
            held.append(line.removeprefix(opened[2]))
    if opened:
        raise ValueError(f"{page}:{opened[0]}: the block has no end")


def commands(block: Block) -> list[Command]:
    """Return the commands of a block, in the order in which they are typed.

    :raises ValueError: when a command goes on beyond the block, or something stands before the first one.
    """
    found: list[Command] = []
    lines = list(block.lines)
    at = 0
    while at < len(lines):
        if not lines[at].startswith(PROMPT):
            raise ValueError(f"{block.page}:{block.line + at}: a terminal begins with a command: {lines[at]}")
        length = _length(lines[at:])
        if at + length > len(lines):
            raise ValueError(f"{block.page}:{block.line + at}: the command has no end: {lines[at]}")
        typed = "\n".join(lines[at : at + length]).removeprefix(PROMPT)
        end = at + length
        while end < len(lines) and not lines[end].startswith(PROMPT):
            end += 1
        shown = "\n".join(lines[at + length : end]).strip()
        found.append(Command(block.page, block.line + at, typed, shown))
        at = end
    return found


def _length(lines: list[str]) -> int:
    """Return how many lines the command takes that begins with the first one."""
    length = 1
    while lines[length - 1].endswith("\\"):
        length += 1
        if length > len(lines):
            return length
    if here := _HERE_DOCUMENT.search(lines[length - 1]):
        while lines[length - 1] != here["end"]:
            length += 1
            if length > len(lines):
                break
    return length


def typed(page: str) -> list[Command]:
    """Return all commands of a page, from top to bottom."""
    return [command for block in blocks(page) if block.language == TERMINAL for command in commands(block)]

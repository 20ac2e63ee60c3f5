"""What happens when …: its messages are the operator's own, and each part names the tests that know."""

from __future__ import annotations

import difflib
import re
from functools import cache

import pytest

from tests.documented.pages import ROOT, blocks
from tests.documented.shown import Names

PAGE = "docs/what-happens-when.md"
_TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
_TABLE = "\n## How this is known\n"
PARTS = re.findall(r"^### (.+)$", _TEXT.partition(_TABLE)[0], re.MULTILINE)
ROWS = dict(re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|$", _TEXT.partition(_TABLE)[2], re.MULTILINE))
MESSAGES = [
    pytest.param(block.text, id=f"{page}:{block.line}")
    for page in (PAGE, "docs/how-to/judging.md")
    for block in blocks(page)
    if block.language == "text"
]


@cache
def recorded() -> frozenset[str]:
    """Return every line of the statuses that the tests of the rules have on record."""
    files = [
        path for room in ("core", "runtime") for path in (ROOT / f"tests/unit/{room}/golden").glob("*.txt")
    ]
    assert files
    return frozenset(line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_one_that_the_operator_gives(message: str) -> None:
    if not any(Names().fit(message, line) for line in recorded()):
        nearest = difflib.get_close_matches(message, sorted(recorded()), n=1, cutoff=0)
        pytest.fail(f"nobody says\n{message}the nearest on record is\n{nearest[0]}", pytrace=False)


def test_every_part_is_in_the_table_and_in_its_order() -> None:
    assert list(ROWS) == PARTS
    assert len(PARTS) > 20


@pytest.mark.parametrize("part", ROWS)
def test_the_tests_of_a_part_exist(part: str) -> None:
    named = re.findall(r"`([^`]+)::(test_\w+)`", ROWS[part])
    assert len(named) == ROWS[part].count("`") // 2
    for path, test in named:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)

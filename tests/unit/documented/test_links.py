"""Links between pages lead to a file that is there, and to a heading in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documented.pages import ROOT, blocks, pages

_LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#\s]*)(?:#(?P<heading>[^)\s]+))?\)")
_NAMED_FILE = re.compile(r"`((?:tests|e2e|docs|core|build|api|runtime|adapters|cli)/[\w./-]+)`")
_BASES = (ROOT, ROOT / "operator" / "sluiceway", ROOT / "tests" / "unit")
"""What people leave out of a path."""


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page as GitHub makes them: words in small letters, joined by hyphens."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def prose(page: str) -> str:
    """Return a page without its fenced blocks."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in blocks(page):
        text = text.replace(block.text, "")
    return text


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    lost = []
    for link in _LINK.finditer(prose(page)):
        target = (ROOT / page).parent / link["path"] if link["path"] else ROOT / page
        if not target.exists() or (link["heading"] and link["heading"] not in anchors(target)):
            lost.append(link[0])
    assert lost == []


@pytest.mark.parametrize("page", pages())
def test_files_that_are_named_are_there(page: str) -> None:
    named = set(_NAMED_FILE.findall(prose(page)))
    assert {name for name in named if not any((base / name).exists() for base in _BASES)} == set()

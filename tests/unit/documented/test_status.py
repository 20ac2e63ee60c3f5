"""What a status says: no word of it that no page on using it explains."""

from __future__ import annotations

import re

import pytest

from sluiceway.api.reasons import ConditionType, Reason
from tests.documented.pages import ROOT

PAGES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs/how-to").glob("*.md"))
_CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "operator").rglob("*.py")
    if path.name != "reasons.py"
)
GIVEN = [reason for reason in Reason if re.search(rf"\bReason\.{reason.name}\b", _CODE)]


@pytest.mark.parametrize("word", [*ConditionType, *GIVEN])
def test_a_page_explains(word: str) -> None:
    assert f"`{word}`" in PAGES

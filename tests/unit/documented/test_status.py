"""Reading the status: no word of a condition that the page does not explain."""

from __future__ import annotations

import re

import pytest

from sluiceway.api.reasons import ConditionType, Reason
from tests.documented.pages import ROOT

PAGE = (ROOT / "docs/how-to/read-the-status.md").read_text(encoding="utf-8")
_CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "operator").rglob("*.py")
    if path.name != "reasons.py"
)
GIVEN = [reason for reason in Reason if re.search(rf"\bReason\.{reason.name}\b", _CODE)]


@pytest.mark.parametrize("word", [*ConditionType, *GIVEN])
def test_the_page_explains(word: str) -> None:
    assert f"`{word}`" in PAGE

"""What every test may use: golden files, and examples from hypothesis that are never judged by the clock."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

Golden = Callable[[Path, str], None]

settings.register_profile("sluiceway", settings(), deadline=None)
settings.load_profile("sluiceway")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files anew instead of comparing with them; read the diff before you commit it",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with the one that is kept in a file; with --update-golden, keep the new one."""
    update: bool = request.config.getoption("--update-golden")

    def compare(path: Path, text: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"{path} does not exist: run pytest with --update-golden, then review and commit it")
        kept = path.read_text(encoding="utf-8")
        if kept != text:
            lines = (kept.splitlines(keepends=True), text.splitlines(keepends=True))
            diff = "".join(difflib.unified_diff(*lines, fromfile=str(path), tofile="what the code gives now"))
            pytest.fail(
                f"{diff}\nIf that is meant: pytest --update-golden, then review the diff", pytrace=False
            )

    return compare

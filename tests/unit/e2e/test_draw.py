"""Every panel of the dashboard is drawn, with the queries that it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from e2e.draw import Line, Span, draw

SPAN = Span(1000.0, 1600.0)
VARIABLES = {"namespace": "models", "name": "fraud"}
PNG = b"\x89PNG"


def well(query: str, span: Span) -> Sequence[Line]:
    labels = {"revision": "fraud-1a2b3", "objective": "answers", "verdict": "Pass"}
    return [Line(labels, [span.since, span.until], [0.0, 1.0])] if "sluiceway" in query else []


@pytest.mark.parametrize("ask", [well, lambda _query, _span: []], ids=["data", "no data"])
def test_a_picture_is_made_of_what_there_is(tmp_path: Path, ask: object) -> None:
    draw(ask, SPAN, VARIABLES, tmp_path / "board.png")  # type: ignore[arg-type]
    assert (tmp_path / "board.png").read_bytes().startswith(PNG)


def test_queries_are_asked_with_the_variables_filled_in(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(query: str, span: Span) -> Sequence[Line]:
        asked.append(query)
        return well(query, span)

    draw(ask, SPAN, VARIABLES, tmp_path / "board.png")
    assert len(asked) > 20
    assert not [query for query in asked if "$" in query]
    assert any('namespace=~"models", name=~"fraud"' in query for query in asked)

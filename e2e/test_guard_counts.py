"""Real requests that fail in every way there is: the guard sees what callers see, Triton does not."""

from __future__ import annotations

import pytest

from e2e.cluster.box import Box
from e2e.counted.cases import CASES
from e2e.guarded import faulty_pod, inside
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]


def test_each_failure_is_counted_as_its_caller_saw_it(stage: Stage, view: View) -> None:
    assert isinstance(stage.cluster, Box)
    rows = {row["name"]: row for row in inside(stage.cluster, "e2e.counted", faulty_pod(stage, view))}
    assert list(rows) == [case.name for case in CASES]
    wrong = [
        f"{case.name}: {row}"
        for case in CASES
        if tuple((row := rows[case.name])["caller"]) != case.caller
        or not case.agrees(row["triton"], row["guard"])
    ]
    assert not wrong, "\n".join(wrong)

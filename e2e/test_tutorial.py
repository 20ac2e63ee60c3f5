"""The commands of the tutorial, typed from top to bottom on a real cluster: they print what it shows."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from e2e import scenario
from e2e.demo import FAILING_SHARE, FAULTY, exports
from e2e.rolling import export
from e2e.stage import Stage
from tests.documented.reader import reader
from tests.documented.walks import BOX, walk, walked_by
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]


def variables(stage: Stage) -> Mapping[str, str]:
    """Return what `python -m e2e.demo env` gives the tutorial's reader, as their shell takes it."""
    lines = [shlex.split(line)[1].partition("=") for line in exports(stage.cluster)]
    return {name: value for name, _, value in lines}


@pytest.mark.parametrize("page", walked_by(BOX))
def test_the_commands_do_what_the_page_says(page: str, stage: Stage, view: View, tmp_path: Path) -> None:
    given = variables(stage)
    export(view)
    scenario.export_fraud(view, FAULTY, seed=13, failing_share=FAILING_SHARE)
    with reader(view, tmp_path, TRITON=given["TRITON"], GATEWAY=given["GATEWAY"]) as terminal:
        terminal.walk(walk(page))

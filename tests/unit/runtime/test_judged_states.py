"""What users read in every state of a rollout that is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from tests.conftest import Golden
from tests.fakes.kstatus import kstatus
from tests.fakes.told import told
from tests.fakes.world import World
from tests.unit.runtime.judged_states import STATES, lived

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_said_when(state: Callable[[], World], golden: Golden) -> None:
    status = lived(state).status.to_dict()
    lines = [f"{key}: {value}" for key, value in status.items() if key not in ("conditions", "history")]
    lines += told(status)
    for condition in status["conditions"]:
        lines.append(f"{condition['type']:18} {condition['status']:7} {condition['reason']}")
        lines.append(indent(condition["message"], "    "))
    golden(GOLDEN / f"{state.__name__.replace('_', '-')}.txt", "\n".join(lines) + "\n")
    generation = status["observedGeneration"]
    assert kstatus({"metadata": {"generation": generation}, "status": status}) == STATES[state]

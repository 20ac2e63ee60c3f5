"""What users and Git own is never written: the operator reports in the status, and owns other objects.

The chart gives it no right to do otherwise (tests/unit/chart/test_rights.py), and every world of the tests
looks at each write (tests/fakes/world.py).
"""

from __future__ import annotations

import pytest

from sluiceway.api import names
from sluiceway.core.decide import decide
from sluiceway.core.observed import Observed
from sluiceway.core.ownership import controller_of
from sluiceway.core.plan import Apply
from tests.fakes.objects import NAME
from tests.fakes.snapshots import carried_out, commanded
from tests.unit.core.states import STATES

OBSERVED = {state: observed for state, (observed, _) in STATES.items()}


@pytest.mark.parametrize("state", OBSERVED)
def test_no_plan_writes_the_resource_itself(state: str) -> None:
    observed = OBSERVED[state]
    for seen in (observed, carried_out(observed), _commanded(observed)):
        for write in decide(seen).writes:
            assert write.ref.kind != names.KIND
            if isinstance(write, Apply):
                assert controller_of(write.obj).get("name") == NAME, "what it writes is its own"


def _commanded(observed: Observed) -> Observed:
    """Return what is seen after a person asked for all that is offered at once."""
    offered = carried_out(observed).resource.status.commands
    return commanded(observed, **(offered.to_dict() if offered else {}))

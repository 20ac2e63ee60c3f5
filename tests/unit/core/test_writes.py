"""Which writes may only be made by who has seen the object as it is."""

from __future__ import annotations

from sluiceway.core.decide import decide
from sluiceway.core.plan import Apply
from tests.fakes.objects import HOSTNAME
from tests.fakes.snapshots import asking_for, carried_out, serving


def test_a_decision_is_never_written_over_one_that_was_not_seen() -> None:
    served = serving(traffic=HOSTNAME)
    tried = carried_out(asking_for(served, runtime={"image": "triton:2"}))
    superseded = decide(asking_for(tried, traffic=HOSTNAME))
    updates = {write.ref.kind: write for write in superseded.writes if isinstance(write, Apply)}
    assert set(updates) == {"HTTPRoute", "ControllerRevision"}
    for write in updates.values():
        assert write.expected_version == tried.objects[write.ref]["metadata"]["resourceVersion"]

"""What the status can hold of the past, and what records of any kind make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sluiceway.api.history import MAX_MESSAGE, MOST_ENTRIES, Entry
from sluiceway.api.reasons import Reason
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import digest, ref_of
from sluiceway.build.workload import controller_revision
from sluiceway.core.decide import decide
from sluiceway.core.memory import Outcome
from sluiceway.core.observed import Observed
from sluiceway.core.state import State
from tests.fakes.objects import NOW
from tests.fakes.snapshots import serving, wanted_name

SERVING = serving()
NAME = wanted_name(SERVING)
MINUTE = timedelta(minutes=1)


def with_record(observed: Observed, name: str, number: int, **ended: Any) -> Observed:
    """Return *observed* with one more revision on record, and how its last attempt ended."""
    content = State(SERVING).wanted.data["content"] | {"modelName": name}
    data = State(SERVING).wanted.data | {"content": content, "digest": digest(content)}
    outcome = Outcome(revision=name, **{"attempt": 1, "at": NOW} | ended)
    record = controller_revision(observed.resource, name, number=number, data=data, outcome=outcome.written())
    record["metadata"] |= {"uid": name, "resourceVersion": "1"}
    return replace(observed, objects={**observed.objects, ref_of(record): record})


def told(observed: Observed) -> dict[str, Entry]:
    """Return the history by revision."""
    status = decide(observed).status
    assert status
    return {entry.revision: entry for entry in ModelDeploymentStatus.model_validate(status).history}


def test_the_oldest_are_left_out_and_never_the_one_that_serves() -> None:
    observed = SERVING
    for number in range(2, MOST_ENTRIES + 5):
        observed = with_record(observed, f"fraud-{number:05}", number, reason=Reason.ABORTED)
    names = list(told(observed))
    assert len(names) == MOST_ENTRIES
    # What is asked for again becomes the newest.
    assert names[:2] == [NAME, f"fraud-{MOST_ENTRIES + 4:05}"]
    assert names[1:] == sorted(names[1:], reverse=True)


def test_a_long_message_is_cut() -> None:
    found = told(with_record(SERVING, "fraud-00002", 2, reason=Reason.GOLDEN_MISMATCH, message="x" * 900))
    assert found["fraud-00002"].message == "x" * (MAX_MESSAGE - 1) + "…"


def test_an_entry_has_what_defines_its_revision() -> None:
    found = told(with_record(SERVING, "fraud-00002", 2, reason=Reason.ABORTED))
    revision = State(SERVING).wanted
    assert found[NAME].digest == revision.digest
    assert found[NAME].image == revision.data["content"]["runtime"]["image"]
    assert found[NAME].model == "pvc://models/fraud/7"


def test_who_is_on_record_as_serving_and_does_not_has_served() -> None:
    found = told(with_record(SERVING, "fraud-00002", 2, reason=Reason.SERVING, served_from=NOW - MINUTE))
    entry = found["fraud-00002"]
    assert (entry.outcome, entry.served_from, entry.served_until) == ("Served", "2026-07-30T02:59:00Z", None)


def without_leads(observed: Observed) -> Observed:
    """Return *observed* with nothing left that tells where callers are led."""
    kept = {ref: obj for ref, obj in observed.objects.items() if ref.name != "fraud"}
    resource = observed.resource.model_copy(update={"status": ModelDeploymentStatus()})
    return replace(observed, objects=kept, resource=resource)


def test_with_all_else_lost_the_records_tell_who_serves() -> None:
    later = NOW + MINUTE
    observed = with_record(SERVING, "fraud-00002", 2, reason=Reason.SERVED, at=later, served_from=NOW)
    observed = with_record(observed, "fraud-00003", 3, reason=Reason.ABORTED, at=later, served_from=NOW)
    assert State(without_leads(observed)).memory.stable == NAME


def test_with_nobody_on_record_as_serving_it_is_who_served_last() -> None:
    observed = with_record(SERVING, NAME, 1, reason=Reason.ABORTED, served_from=NOW)
    observed = with_record(observed, "fraud-00002", 2, reason=Reason.SERVED, at=NOW, served_from=NOW)
    observed = with_record(observed, "fraud-00003", 3, reason=Reason.SERVED, at=NOW + MINUTE, served_from=NOW)
    assert State(without_leads(observed)).memory.stable == "fraud-00003"

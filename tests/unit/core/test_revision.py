"""What makes a new revision, what it is called, which records are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.api.resource import ModelDeployment
from sluiceway.api.runtime import Runtime
from sluiceway.build.objects import Object, digest
from sluiceway.build.workload import controller_revision
from sluiceway.core.revision import Revision, content, recorded, superfluous, wanted
from tests.fakes.objects import HOSTNAME, IMAGE, MODEL, make_raw, make_resource
from tests.unit.build.everything import EVERY_RUNTIME_FIELD

OTHER_MODELS: dict[str, Object] = {
    "another claim": {"source": {"persistentVolumeClaim": {"claimName": "others", "path": "fraud/7"}}},
    "another path": {"source": {"persistentVolumeClaim": {"claimName": "models", "path": "fraud/8"}}},
    "no path": {"source": {"persistentVolumeClaim": {"claimName": "models"}}},
    "another name": MODEL | {"name": "scorer"},
}

WRITTEN_OUT: dict[str, Object] = {
    "drain": {"runtime": {"drain": {"endpointSeconds": 5, "requestSeconds": 10}}},
    "startup seconds": {"runtime": {"startupSeconds": 1800}},
    "shared memory": {"runtime": {"sharedMemory": "64Mi"}},
    "pull policy": {"runtime": {"imagePullPolicy": "IfNotPresent"}},
    "empty lists": {"runtime": {"args": [], "env": [], "volumes": [], "tolerations": []}},
    "empty resources": {"runtime": {"resources": {"limits": {}, "requests": {}}}},
    "the name that the model has anyway": {"model": MODEL | {"name": "fraud"}},
}

ELSEWHERE: dict[str, Object] = {
    "replicas": {"replicas": 7},
    "traffic": {"traffic": HOSTNAME},
    "objectives": {"slo": {"objectives": [{"name": "callers", "type": "CallerError"}], "minRequests": 7}},
    "rollout": {"rollout": {"strategy": "BlueGreen", "bakeSeconds": 60}},
    "labels": {"labels": {"team": "risk"}},
    "annotations": {"annotations": {"note": "x"}},
    "generation": {"generation": 9},
    "a field that only a newer operator knows": {"runtime": {"notYetKnown": True}},
}


def name(**given: Any) -> str:
    return wanted(make_resource(**given), []).name


def record(revision: Revision, owner: ModelDeployment) -> Object:
    return controller_revision(owner, revision.name, number=revision.number, data=revision.data)


def test_every_field_of_runtime_has_an_example_here() -> None:
    assert set(EVERY_RUNTIME_FIELD) == {field.alias for field in Runtime.model_fields.values()}


@pytest.mark.parametrize("field", EVERY_RUNTIME_FIELD)
def test_each_field_of_runtime_makes_a_new_revision(field: str) -> None:
    changed = {field: EVERY_RUNTIME_FIELD[field]}
    if field == "volumeMounts":
        changed["volumes"] = EVERY_RUNTIME_FIELD["volumes"]
        assert name(runtime=changed) != name(runtime={"volumes": changed["volumes"]})
    assert name(runtime=changed) != name()


@pytest.mark.parametrize("model", OTHER_MODELS.values(), ids=OTHER_MODELS)
def test_each_field_of_model_makes_a_new_revision(model: Object) -> None:
    assert name(model=model) != name()


@pytest.mark.parametrize("given", ELSEWHERE.values(), ids=ELSEWHERE)
def test_nothing_else_makes_a_new_revision(given: Object) -> None:
    assert name(**given) == name()


@pytest.mark.parametrize("given", WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_a_default_that_is_written_out_is_the_same_revision(given: Object) -> None:
    assert name(**given) == name()


def test_a_number_and_its_text_are_the_same_quantity() -> None:
    one, text = ({"resources": {"limits": {"nvidia.com/gpu": amount}}} for amount in (1, "1"))
    assert name(runtime=one) == name(runtime=text)


@given(st.permutations(sorted(EVERY_RUNTIME_FIELD)))
def test_the_order_in_which_fields_are_written_does_not_matter(order: list[str]) -> None:
    shuffled = {field: EVERY_RUNTIME_FIELD[field] for field in order}
    assert name(runtime=shuffled) == name(runtime=EVERY_RUNTIME_FIELD)


def test_the_name_of_a_revision_never_changes_from_one_operator_to_the_next() -> None:
    # Another hash would make every model in every cluster a new revision: all would be loaded again.
    assert digest(content(make_resource(runtime=EVERY_RUNTIME_FIELD)))[:10] == "22f6453c71"
    assert name() == "fraud-2106f"


def test_other_content_under_the_short_name_makes_the_name_longer() -> None:
    owner = make_resource()
    first = wanted(owner, [])
    squatter = replace(first, data=first.data | {"digest": "of something else"})
    longer = wanted(owner, [squatter])
    assert longer.name.startswith(first.name)
    assert len(longer.name) == len(first.name) + 5
    assert longer.template["metadata"]["labels"]["sluiceway.dev/revision"] == longer.name


def test_a_first_revision_is_number_one_and_a_new_one_the_next() -> None:
    first = wanted(make_resource(), [])
    second = wanted(make_resource(runtime={"startupSeconds": 60}), [first])
    assert (first.number, second.number) == (1, 2)


def test_the_newest_revision_asked_for_again_keeps_its_number() -> None:
    first = wanted(make_resource(), [])
    assert wanted(make_resource(), [first]) == first


def test_an_older_revision_asked_for_again_becomes_the_newest_with_its_own_template() -> None:
    older = replace(
        wanted(make_resource(), []), data=wanted(make_resource(), []).data | {"template": {"old": 1}}
    )
    newer = wanted(make_resource(runtime={"startupSeconds": 60}), [older])
    again = wanted(make_resource(), [older, newer])
    assert (again.name, again.number) == (older.name, 3)
    assert again.template == {"old": 1}


def test_records_are_read_back_oldest_first() -> None:
    owner = make_resource()
    first = wanted(owner, [])
    second = wanted(make_resource(runtime={"startupSeconds": 60}), [first])
    assert recorded([record(second, owner), record(first, owner)]) == [first, second]


def test_a_record_of_another_form_is_passed_over() -> None:
    owner = make_resource()
    foreign = record(wanted(owner, []), owner) | {"data": {"schema": 99}}
    assert recorded([foreign, foreign | {"data": None}]) == []


def test_records_beyond_the_kept_are_pruned_oldest_first() -> None:
    history = [Revision(f"fraud-{number:05}", number, {}) for number in range(13)]
    assert superfluous(history, {"fraud-00012"}, 10) == history[:3]
    assert superfluous(history[:10], set(), 10) == []


@given(st.integers(0, 30).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, 30)))))
def test_pruning_never_takes_a_revision_that_is_in_use(drawn: tuple[int, set[int]]) -> None:
    size, numbers = drawn
    history = [Revision(str(number), number, {}) for number in range(size)]
    in_use = {str(number) for number in numbers}
    pruned = superfluous(history, in_use, 10)
    assert not {revision.name for revision in pruned} & in_use
    assert len(pruned) <= max(0, size - 10)


def test_the_content_is_what_was_given_and_nothing_that_a_later_operator_might_default() -> None:
    found = content(ModelDeployment.parse(make_raw()))
    assert found == {"schema": 1, "modelName": "fraud", "model": MODEL, "runtime": {"image": IMAGE}}

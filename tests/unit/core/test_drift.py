"""Is what is wanted there already? Then nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.api import names
from sluiceway.build.workload import serving_service
from sluiceway.core.drift import matches, stamped
from tests.fakes.objects import make_resource

SAME: dict[str, tuple[Any, Any]] = {
    "equal maps": ({"a": 1}, {"a": 1}),
    "the server's additions": (
        {"spec": {"replicas": 2}},
        {"spec": {"replicas": 2, "paused": False}, "status": {}},
    ),
    "an empty map that the server leaves out": ({"limits": {}}, {}),
    "an empty list that the server leaves out": ({"args": []}, {}),
    "an empty text that the server leaves out": ({"group": ""}, {}),
    "false that the server leaves out": ({"optional": False}, {}),
    "zero that the server leaves out": ({"weight": 0}, {}),
    "a fraction that the server writes in thousandths": ({"cpu": "0.5"}, {"cpu": "500m"}),
    "thousandths that the server writes whole": ({"cpu": "2000m"}, {"cpu": "2"}),
    "a number where the server has text": ({"nvidia.com/gpu": 1}, {"nvidia.com/gpu": "1"}),
    "binary units": ({"memory": "1024Mi"}, {"memory": "1Gi"}),
    "decimal units and exponents": ({"memory": "1e3"}, {"memory": "1k"}),
    "items of a list to which the server adds": ([{"name": "a"}], [{"name": "a", "protocol": "TCP"}]),
}
DIFFERENT: dict[str, tuple[Any, Any]] = {
    "another value": ({"a": 1}, {"a": 2}),
    "a missing value": ({"a": 1}, {}),
    "nothing at all": ({"a": 1}, None),
    "another type": ({"a": {"b": 1}}, {"a": "b"}),
    "true where the server has nothing": ({"readOnly": True}, {}),
    "true where the server has false": ({"readOnly": True}, {"readOnly": False}),
    "false where the server has true": ({"readOnly": False}, {"readOnly": True}),
    "one and true": ({"a": "1"}, {"a": True}),
    "fewer items": ([{"name": "a"}], []),
    "more items": ([{"name": "a"}], [{"name": "a"}, {"name": "b"}]),
    "an empty list where there are items": ({"args": []}, {"args": ["--log-verbose=1"]}),
    "an empty text where there is one": ({"group": ""}, {"group": "apps"}),
    "another order": (["a", "b"], ["b", "a"]),
    "units that only look alike": ({"memory": "1M"}, {"memory": "1Mi"}),
    "a milli and a mega": ({"memory": "1m"}, {"memory": "1M"}),
    "text that begins like a quantity": ({"image": "1Gi-x"}, {"image": "1Gi-y"}),
    "dots that are no number": ({"version": "1.2.3"}, {"version": "1.2.4"}),
}


@pytest.mark.parametrize(("intended", "live"), SAME.values(), ids=SAME)
def test_nothing_is_to_be_written_for(intended: Any, live: Any) -> None:
    assert matches(intended, live)


@pytest.mark.parametrize(("intended", "live"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_write_is_due_for(intended: Any, live: Any) -> None:
    assert not matches(intended, live)


def test_a_field_taken_out_of_the_intent_is_told_by_its_hash() -> None:
    with_field = serving_service(make_resource(), "fraud-1a2b3")
    without = with_field | {"spec": {"selector": with_field["spec"]["selector"]}}
    assert matches(without, with_field)
    assert not matches(stamped(without), stamped(with_field))


def test_the_hash_leaves_other_annotations_alone() -> None:
    intended = {"metadata": {"name": "x", "annotations": {"note": "kept"}}}
    annotations = stamped(intended)["metadata"]["annotations"]
    assert annotations["note"] == "kept"
    assert len(annotations[names.ANNOTATION_INTENT]) == 16
    assert "annotations" in intended["metadata"]
    assert names.ANNOTATION_INTENT not in intended["metadata"]["annotations"]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def with_additions(value: Any, draw: Any) -> Any:
    """Return *value* with fields added in every map, as defaulting does it."""
    match value:
        case dict():
            added = {
                f"added-{key}": item
                for key, item in draw(st.dictionaries(st.text(max_size=2), SCALARS)).items()
            }
            return added | {key: with_additions(item, draw) for key, item in value.items()}
        case list():
            return [with_additions(item, draw) for item in value]
        case _:
            return value


@given(TREES, st.data())
def test_an_object_equals_itself_with_whatever_the_server_adds(tree: Any, data: st.DataObject) -> None:
    assert matches(tree, with_additions(tree, data.draw))


@given(st.dictionaries(st.text(max_size=3), TREES, min_size=1), st.data())
def test_a_changed_field_is_always_seen(tree: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(tree)))
    changed = tree | {key: {"something": "else", "was": tree[key]}}
    assert not matches(changed, tree)


@pytest.mark.parametrize("text", ["1234567e89012345", "9e999999999", "1" * 64, "7" * 30 + "e" + "7" * 33])
def test_a_hash_that_looks_like_a_number_is_compared_as_text(text: str) -> None:
    assert matches(text, text)
    assert not matches(text, "1")
    assert not matches("1", text)

"""Which resource does an event concern, and which events were never heard?"""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.api import names
from sluiceway.build.objects import Object, ref_of
from sluiceway.build.workload import serving_service
from sluiceway.runtime.keys import Interests, Key, keys_of
from sluiceway.runtime.resync import Heard
from tests.fakes.objects import make_gateway, make_raw, make_resource, ready_pod

FRAUD: Key = ("models", "fraud")
SPAM: Key = ("models", "spam")


def interested() -> Interests:
    interests = Interests()
    interests.set(FRAUD, [ref_of(make_gateway())])
    interests.set(SPAM, [ref_of(make_gateway()), ref_of(make_gateway("private"))])
    return interests


def unlabelled(obj: Object) -> Object:
    return obj | {"metadata": {key: value for key, value in obj["metadata"].items() if key != "labels"}}


SERVICE = serving_service(make_resource(), "fraud-1a2b3")
EVENTS: dict[str, tuple[Object, list[Key]]] = {
    "the resource itself": (make_raw(), [FRAUD]),
    "an object that it owns": (SERVICE, [FRAUD]),
    "one of its pods": (ready_pod("fraud-1a2b3"), [FRAUD]),
    "a gateway that two name": (make_gateway(), [FRAUD, SPAM]),
    "a gateway that one names": (make_gateway("private"), [SPAM]),
    "a gateway that nobody names": (make_gateway("other"), []),
    "an object of the same name that is not ours": (unlabelled(SERVICE), []),
}


@pytest.mark.parametrize(("obj", "expected"), EVENTS.values(), ids=EVENTS)
def test_an_event_concerns(obj: Object, expected: list[Key]) -> None:
    assert keys_of(obj, interested()) == expected


def test_labels_of_another_manager_are_not_ours() -> None:
    foreign = ready_pod("fraud-1a2b3")
    foreign["metadata"]["labels"][names.LABEL_MANAGED_BY] = "Helm"
    assert keys_of(foreign, interested()) == []


def test_an_interest_is_replaced_and_ends() -> None:
    interests = interested()
    interests.set(SPAM, [ref_of(make_gateway("private"))])
    assert interests.keys(ref_of(make_gateway())) == [FRAUD]
    interests.set(FRAUD, [])
    assert interests.keys(ref_of(make_gateway())) == []


def pod(number: int, version: str = "1") -> Object:
    found = ready_pod("fraud-1a2b3", number)
    return found | {"metadata": found["metadata"] | {"resourceVersion": version}}


def heard(*events: tuple[str, Object]) -> Heard:
    memory = Heard()
    for event, obj in events:
        memory.note(event, obj, keys_of(obj, Interests()))
    return memory


MISSED: dict[str, tuple[Heard, list[Object], list[Object], set[Key]]] = {
    "nothing, when all was heard": (heard(("", pod(1)), ("ADDED", pod(2))), [pod(1), pod(2)], [], set()),
    "what appeared": (heard(("", pod(1))), [pod(1), pod(2)], [pod(2)], set()),
    "what changed": (heard(("MODIFIED", pod(1))), [pod(1, "2")], [pod(1, "2")], set()),
    "what went": (heard(("", pod(1)), ("", pod(2))), [pod(1)], [], {FRAUD}),
    "nothing of what was heard to go": (heard(("", pod(1)), ("DELETED", pod(1))), [], [], set()),
    "nothing of other kinds": (
        heard(("", SERVICE | {"metadata": SERVICE["metadata"] | {"resourceVersion": "1"}})),
        [],
        [],
        set(),
    ),
}


@pytest.mark.parametrize(("memory", "listed", "changed", "orphaned"), MISSED.values(), ids=MISSED)
def test_a_listing_finds(
    memory: Heard, listed: list[Object], changed: list[Object], orphaned: set[Key]
) -> None:
    assert memory.missed("v1", "Pod", listed) == (changed, orphaned)


def test_what_went_is_found_once() -> None:
    memory = heard(("", pod(1)))
    assert memory.missed("v1", "Pod", []) == ([], {FRAUD})
    assert memory.missed("v1", "Pod", []) == ([], set())


def test_a_deletion_that_was_never_preceded_by_anything_is_no_trouble() -> None:
    memory: Any = heard(("DELETED", pod(1)))
    assert memory.missed("v1", "Pod", []) == ([], set())

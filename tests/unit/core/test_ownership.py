"""Whose object is it?"""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.api import names
from sluiceway.build.objects import Object
from sluiceway.build.workload import serving_service
from sluiceway.core.drift import stamped
from sluiceway.core.ownership import Holder, describe_holder, holder
from tests.fakes.objects import make_resource


def service(**metadata: Any) -> Object:
    """Return our own Service as it is written, with other *metadata*; None removes an entry."""
    written = stamped(serving_service(make_resource(), "fraud-1a2b3"))
    changed = written["metadata"] | metadata
    return written | {"metadata": {key: value for key, value in changed.items() if value is not None}}


def owned_by(kind: str, name: str, uid: str, *, controller: bool = True) -> list[Object]:
    return [{"apiVersion": "v1", "kind": kind, "name": name, "uid": uid, "controller": controller}]


OURS = service()["metadata"]
CASES: dict[str, tuple[Object, Holder]] = {
    "written by us": (service(), Holder.US),
    "ours without any label left": (service(labels=None), Holder.US),
    "an orphan with our labels and hash": (service(ownerReferences=None), Holder.NOBODY),
    "an orphan with an owner that does not control it": (
        service(ownerReferences=owned_by("Note", "x", "u", controller=False)),
        Holder.NOBODY,
    ),
    "an orphan of another ModelDeployment": (
        service(ownerReferences=None, labels=OURS["labels"] | {names.LABEL_MODEL_DEPLOYMENT: "other"}),
        Holder.SOMEBODY_ELSE,
    ),
    "an orphan that another tool manages": (
        service(ownerReferences=None, labels=OURS["labels"] | {names.LABEL_MANAGED_BY: "Helm"}),
        Holder.SOMEBODY_ELSE,
    ),
    "labels like ours that somebody copied by hand": (
        service(ownerReferences=None, annotations=None),
        Holder.SOMEBODY_ELSE,
    ),
    "no controller and no labels": (service(ownerReferences=None, labels=None), Holder.SOMEBODY_ELSE),
    "controlled by somebody else, whatever its labels": (
        service(ownerReferences=owned_by("Rollout", "fraud", "u")),
        Holder.SOMEBODY_ELSE,
    ),
    "of an earlier resource with the same name": (
        service(ownerReferences=owned_by(names.KIND, "fraud", "uid-of-yesterday")),
        Holder.SOMEBODY_ELSE,
    ),
}


@pytest.mark.parametrize(("obj", "expected"), CASES.values(), ids=CASES)
def test_an_object_is_held(obj: Object, expected: Holder) -> None:
    assert holder(make_resource(), obj) is expected


WORDS: dict[str, tuple[list[Object] | None, str]] = {
    "nobody in particular": (None, "somebody else"),
    "a controller": (owned_by("Rollout", "fraud", "u"), "Rollout fraud"),
    "an earlier resource": (
        owned_by(names.KIND, "fraud", "uid-of-yesterday"),
        "an earlier ModelDeployment fraud that is being deleted",
    ),
}


@pytest.mark.parametrize(("references", "words"), WORDS.values(), ids=WORDS)
def test_the_holder_is_told_in_words(references: list[Object] | None, words: str) -> None:
    assert describe_holder(make_resource(), service(ownerReferences=references)) == words


def test_another_model_deployment_that_lives_is_not_said_to_be_deleted() -> None:
    other = service(ownerReferences=owned_by(names.KIND, "fraud-9d3", "uid-of-another"))
    assert describe_holder(make_resource(), other) == "ModelDeployment fraud-9d3"

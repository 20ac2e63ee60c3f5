"""What is said of KEDA, in its own words and with what to look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.autoscaler import KIND as AUTOSCALER
from sluiceway.build.objects import Object
from sluiceway.build.scaled_object import KIND
from sluiceway.core.observed import Observed
from sluiceway.core.ownership import Holder, holder
from sluiceway.core.scaling import scaling
from sluiceway.core.state import State
from tests.fakes.objects import NAME as OWNER
from tests.fakes.scaled import BY_CPU
from tests.fakes.snapshots import serving, wanted_name

SERVING = serving(replicas=1, autoscaling=BY_CPU | {"class": "ScaledObject"})
NAME = wanted_name(SERVING)
READY = {"type": "Ready", "status": "True", "reason": "ScaledObjectReady", "message": "it is ready"}
FAILED = READY | {
    "status": "False",
    "reason": "TriggerError",
    "message": "triggers are not\n working correctly",
}
PAUSED = {"type": "Paused", "status": "True", "reason": "ScaledObjectPaused", "message": "it is paused"}


def after_keda_said(*conditions: Object) -> Observed:
    said = {"status": {"conditions": list(conditions)}}
    objects = {ref: obj | said if ref.kind == KIND else obj for ref, obj in SERVING.objects.items()}
    return replace(SERVING, objects=objects)


AWAY = (
    "this cluster has no KEDA (ScaledObject, keda.sh/v1alpha1), so that the pods stay as many as they are:"
    " install KEDA, or set autoscaling.class to HorizontalPodAutoscaler"
)
LOOK = f"see kubectl describe scaledobject {NAME}"
UNABLE = (
    f"KEDA can not scale {NAME}, so that its pods stay as many as they are: TriggerError: triggers are not"
    f" working correctly; {LOOK}"
)
STOPPED = f"KEDA has paused {NAME}, as an annotation of its ScaledObject asks for; {LOOK}"
UNSEEN = f"KEDA has not taken up {NAME} yet: does its operator run?"
SILENT = f"the autoscaler of {NAME} has not measured anything yet"


@pytest.mark.parametrize(
    ("observed", "reason", "words"),
    [
        (SERVING, Reason.AUTOSCALER_PENDING, UNSEEN),
        (after_keda_said(READY), Reason.AUTOSCALER_PENDING, SILENT),
        (after_keda_said(FAILED), Reason.METRIC_UNKNOWN, UNABLE),
        (after_keda_said(READY, PAUSED), Reason.UNABLE_TO_SCALE, STOPPED),
        (replace(SERVING, keda=False), Reason.KEDA_MISSING, AWAY),
    ],
)
def test_what_is_said(observed: Observed, reason: Reason, words: str) -> None:
    state = State(observed)
    found = scaling(state, state.memory)
    assert (found.reason, found.message, found.needs_help) == (reason, words, False)


def made_for(**controller: str) -> Object:
    """Return an autoscaler with the labels of the ScaledObject that controls it."""
    scaled_object = State(SERVING).scaled_object(NAME)
    assert scaled_object
    reference = {"kind": KIND, "name": NAME, "uid": "gone", "controller": True} | controller
    metadata = scaled_object["metadata"] | {"ownerReferences": [reference]}
    return {"kind": AUTOSCALER, "metadata": metadata}


@pytest.mark.parametrize(
    ("autoscaler", "whose"),
    [
        (made_for(), Holder.KEDA),
        (made_for(name="another"), Holder.SOMEBODY_ELSE),
        (made_for(kind="Rollout"), Holder.SOMEBODY_ELSE),
        (made_for() | {"kind": "Deployment"}, Holder.SOMEBODY_ELSE),
        (made_for(uid=SERVING.resource.metadata.uid), Holder.US),
    ],
)
def test_whose_an_autoscaler_is(autoscaler: Object, whose: Holder) -> None:
    assert SERVING.resource.metadata.name == OWNER
    assert holder(SERVING.resource, autoscaler) is whose


def test_one_without_our_labels_is_a_strangers() -> None:
    autoscaler = made_for()
    autoscaler["metadata"] = autoscaler["metadata"] | {"labels": {}}
    assert holder(SERVING.resource, autoscaler) is Holder.SOMEBODY_ELSE

"""Who may change the number of pods, and when: on a real API server, as people type it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e.cluster.progress import ClusterError
from tests.integration.refused_autoscaling import OWNED, TAKEN_AWAY, WAITING, by
from tests.support.cluster_view import View, model_deployment

pytestmark = pytest.mark.integration

SCALE = ("scale", "mdep", "fraud")


def spec(view: View) -> dict[str, Any]:
    resource = view.get("mdep", "fraud")
    assert resource
    found: dict[str, Any] = resource["spec"]
    return found


def test_people_scale_where_no_autoscaler_does(view: View) -> None:
    view.apply(model_deployment("fraud"))
    view.kubectl(*SCALE, "--replicas=3")
    assert spec(view)["replicas"] == 3


def test_people_are_told_what_to_change_where_one_does(view: View) -> None:
    view.apply(model_deployment("fraud", autoscaling=by(WAITING)))
    with pytest.raises(ClusterError) as refused:
        view.kubectl(*SCALE, "--replicas=3")
    assert OWNED in str(refused.value)
    assert spec(view)["replicas"] == 1


def test_the_scale_subresource_answers_with_an_autoscaler_too(view: View) -> None:
    view.apply(model_deployment("fraud", autoscaling=by(WAITING)))
    path = f"/apis/sluiceway.dev/v1alpha1/namespaces/{view.namespace}/modeldeployments/fraud/scale"
    assert json.loads(view.kubectl("get", "--raw", path))["spec"] == {"replicas": 1}


def test_autoscaling_takes_the_place_of_replicas_in_one_apply(view: View) -> None:
    view.apply(model_deployment("fraud", replicas=4))
    view.apply(model_deployment("fraud", autoscaling=by(WAITING)))
    assert spec(view)["replicas"] == 1
    assert spec(view)["autoscaling"] == by(WAITING, minReplicas=1, **{"class": "HorizontalPodAutoscaler"})


def test_a_number_that_was_scaled_to_is_taken_back_by_writing_it_out(view: View) -> None:
    view.apply(model_deployment("fraud"))
    view.kubectl(*SCALE, "--replicas=3")
    with pytest.raises(ClusterError) as refused:
        view.apply(model_deployment("fraud", autoscaling=by(WAITING)))
    assert OWNED in str(refused.value)
    view.apply(model_deployment("fraud", autoscaling=by(WAITING), replicas=1))
    assert spec(view)["replicas"] == 1


def test_who_takes_autoscaling_away_says_how_many_pods_there_are_to_be(view: View) -> None:
    view.apply(model_deployment("fraud", autoscaling=by(WAITING)))
    with pytest.raises(ClusterError) as refused:
        view.apply(model_deployment("fraud"))
    assert TAKEN_AWAY in str(refused.value)
    view.apply(model_deployment("fraud", replicas=4))
    assert spec(view)["replicas"] == 4


def test_one_pod_is_reached_by_a_maximum_of_one(view: View) -> None:
    view.apply(model_deployment("fraud", autoscaling=by(WAITING, maxReplicas=1)))
    view.apply(model_deployment("fraud"))
    assert "autoscaling" not in spec(view)

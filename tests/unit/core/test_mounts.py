"""Volumes of a pod as the operator renders it."""

from __future__ import annotations

from sluiceway.build.pod import pod_template
from sluiceway.core.mounts import claims, subpath_trouble
from tests.fakes.objects import make_resource

OWN = {
    "volumes": [{"name": "cache", "persistentVolumeClaim": {"claimName": "cache"}}],
    "volumeMounts": [{"name": "cache", "mountPath": "/cache", "subPath": "fraud"}],
}
POD = pod_template(make_resource(runtime=OWN), "fraud-1a2b3")


def missing(volume: str) -> str:
    return f'failed to create subPath directory for volumeMount "{volume}" of container "triton"'


def test_the_model_and_the_users_volumes_have_claims() -> None:
    assert claims(POD) == ["models", "cache"]


def test_the_path_of_the_model_is_told_with_its_field() -> None:
    [model] = [volume["name"] for volume in POD["spec"]["volumes"] if "models" in str(volume)]
    assert subpath_trouble(POD, missing(model)) == (
        "fraud/7 does not exist on the volume of PersistentVolumeClaim models: put it there, or correct"
        " spec.model.source.persistentVolumeClaim.path"
    )


def test_a_path_of_the_users_own_volume_is_told_with_its_field() -> None:
    assert subpath_trouble(POD, missing("cache")) == (
        "fraud does not exist on the volume of PersistentVolumeClaim cache: put it there, or correct the"
        " subPath of its entry in spec.runtime.volumeMounts"
    )


def test_other_words_of_kubelet_are_not_about_a_path() -> None:
    assert subpath_trouble(POD, 'secret "registry-token" not found') == ""

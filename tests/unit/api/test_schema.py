"""What Kubernetes asks of a schema, at every place of ours."""

from __future__ import annotations

import re
from typing import Annotated

import pytest
from pydantic import Field

from sluiceway.api.meta import ATOMIC, ApiModel
from sluiceway.api.schema import structural_schema
from tests.unit.api.schemas import Schema, fields, places, resource_schema

PLACES = dict(places(resource_schema()))


def of_type(kind: str) -> list[tuple[str, Schema]]:
    found = [(path, place) for path, place in PLACES.items() if place.get("type") == kind]
    assert found, f"no place of the schema has the type {kind}"
    return found


def test_everything_has_a_description_that_is_a_sentence() -> None:
    sentence = re.compile(r"[A-Z]\S*( \S+)*[.]")
    described = {path: place.get("description", "") for path, place in fields(resource_schema())}
    assert len(described) > 150
    assert [path for path, text in described.items() if not sentence.fullmatch(text)] == []


def test_lists_are_bounded_and_say_how_they_merge() -> None:
    for path, place in of_type("array"):
        assert "maxItems" in place, path
        assert place["x-kubernetes-list-type"] in {"atomic", "set", "map"}, path
        keys = place.get("x-kubernetes-list-map-keys", [])
        assert bool(keys) == (place["x-kubernetes-list-type"] == "map"), path
        assert set(keys) <= set(place["items"].get("required", [])), path


def test_texts_are_bounded() -> None:
    unbounded = [
        path for path, place in of_type("string") if not {"maxLength", "enum", "format"} & set(place)
    ]
    assert unbounded == [".apiVersion", ".kind"]


def test_numbers_say_their_size() -> None:
    assert [path for path, at in of_type("integer") if at.get("format") not in {"int32", "int64"}] == []


def test_maps_are_bounded() -> None:
    maps = [(path, place) for path, place in of_type("object") if "additionalProperties" in place]
    assert ".spec.runtime.resources.limits" in dict(maps)
    assert [path for path, place in maps if place.get("maxProperties", 1000) > 64] == []


def test_values_have_one_type_and_are_never_null() -> None:
    for path, place in PLACES.items():
        if place.get("x-kubernetes-int-or-string"):
            assert place["anyOf"] == [{"type": "integer"}, {"type": "string"}], path
            assert "type" not in place, path
        elif place.get("x-kubernetes-preserve-unknown-fields"):
            assert path.endswith(".data[]"), path
            assert "type" not in place, path
        else:
            assert place["type"] in {"object", "array", "string", "integer", "boolean"}, path
            assert "anyOf" not in place, path


def test_nothing_is_left_that_kubernetes_refuses() -> None:
    for path, place in PLACES.items():
        assert not {"$ref", "$defs", "title", "const", "oneOf", "allOf", "nullable"} & set(place), path


def test_status_says_by_default_that_nobody_has_seen_the_spec_and_nothing_else() -> None:
    """The operator writes the status; any other value that nobody wrote would be a lie."""
    defaults = {path: at["default"] for path, at in PLACES.items() if "default" in at}
    assert {path: value for path, value in defaults.items() if path.startswith(".status")} == {
        ".status": {"observedGeneration": -1}
    }


def test_defaults_are_those_of_the_models() -> None:
    defaults = {path: at["default"] for path, at in PLACES.items() if "default" in at}
    del defaults[".status"]
    assert defaults == {
        ".spec.guard": "Enabled",
        ".spec.replicas": 1,
        ".spec.autoscaling.class": "HorizontalPodAutoscaler",
        ".spec.autoscaling.minReplicas": 1,
        ".spec.autoscaling.metrics[].trigger.authenticationRef.kind": "TriggerAuthentication",
        ".spec.autoscaling.prometheus.authenticationRef.kind": "TriggerAuthentication",
        ".spec.model.golden[].deadlineSeconds": 10,
        ".spec.runtime.imagePullPolicy": "IfNotPresent",
        ".spec.runtime.sharedMemory": "64Mi",
        ".spec.runtime.startupSeconds": 1800,
        ".spec.runtime.drain": {"endpointSeconds": 5, "requestSeconds": 10},
        ".spec.runtime.drain.endpointSeconds": 5,
        ".spec.runtime.drain.requestSeconds": 10,
        ".spec.traffic.match": "Hostname",
        ".spec.slo.callerErrors": "Enabled",
        ".spec.slo.falseRollbackPercent": "0.1",
        ".spec.slo.hiccupSamples": 4,
        ".spec.slo.minRequests": 100,
        ".spec.slo.maxStepSeconds": 3600,
        ".spec.slo.onInsufficient": "Hold",
        ".spec.slo.noDataSeconds": 60,
        ".spec.slo.onNoData": "Hold",
        ".spec.slo.onStableBroken": "Hold",
        ".spec.rollout": {
            "strategy": "Canary",
            "preview": "Enabled",
            "allowSignatureChange": False,
            "historyLimit": 10,
        },
        ".spec.slo.gateway.dataPlane": "EnvoyGateway",
        ".spec.slo.gateway.backends": "Merged",
        ".spec.rollout.allowSignatureChange": False,
        ".spec.rollout.strategy": "Canary",
        ".spec.rollout.preview": "Enabled",
        ".spec.rollout.historyLimit": 10,
        ".spec.rollout.steps[].seconds": 60,
        ".spec.rollout.steps[].gate": False,
        ".spec.rollout.linear.seconds": 60,
    }


class Inner(ApiModel):
    """An inner object."""

    kind: str = "a"
    """Its kind."""


class Outer(ApiModel):
    """An outer object."""

    some_names: Annotated[tuple[str, ...], Field(max_length=3), ATOMIC] = ()
    """Some names,
    on two lines."""

    inner: Inner | None = None
    """Says more than the class."""

    plain: Inner


class Choice(ApiModel):
    either: int | str = 1


def test_references_are_written_out_and_the_field_speaks_first() -> None:
    kind = {"type": "string", "description": "Its kind.", "default": "a"}
    assert structural_schema(Outer) == {
        "type": "object",
        "description": "An outer object.",
        "required": ["plain"],
        "properties": {
            "someNames": {
                "type": "array",
                "description": "Some names, on two lines.",
                "items": {"type": "string"},
                "maxItems": 3,
                "x-kubernetes-list-type": "atomic",
            },
            "inner": {
                "type": "object",
                "description": "Says more than the class.",
                "properties": {"kind": kind},
            },
            "plain": {"type": "object", "description": "An inner object.", "properties": {"kind": kind}},
        },
    }


def test_a_choice_of_types_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Choice\.either: a structural schema has one type per value"):
        structural_schema(Choice)

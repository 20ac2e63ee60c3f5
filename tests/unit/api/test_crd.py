"""The CustomResourceDefinition as a file, and what `kubectl get` shows of it."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from sluiceway.api import ConditionType, ModelDeploymentStatus, Reason
from sluiceway.api.crd import custom_resource_definition
from sluiceway.cli import reference
from sluiceway.cli.crds import FILE_NAME, render

ROOT = Path(__file__).parents[3]
# Client-side apply keeps the whole object in an annotation; annotations hold 262,144 bytes together.
HALF_OF_WHAT_FITS = 131_072


def test_the_file_is_what_the_models_say() -> None:
    assert (ROOT / "crds" / FILE_NAME).read_text() == render(), "the CRD changed: run make crds"


def test_the_reference_page_is_what_the_models_say() -> None:
    page = (ROOT / "docs" / "reference" / reference.FILE_NAME).read_text()
    assert page == reference.render(), (
        "run: python -m sluiceway.cli.reference > docs/reference/modeldeployment.md"
    )


def test_the_text_is_the_definition_without_references() -> None:
    text = render()
    assert yaml.safe_load(text) == custom_resource_definition()
    assert "&id" not in text


def test_client_side_apply_has_room() -> None:
    assert len(json.dumps(custom_resource_definition())) < HALF_OF_WHAT_FITS


def test_columns_show_fields_that_exist() -> None:
    columns = custom_resource_definition()["spec"]["versions"][0]["additionalPrinterColumns"]
    names = [column["name"] for column in columns if not column.get("priority")]
    assert names == ["Ready", "Serving", "Candidate", "Weight", "Step", "Reason", "Age"]
    wide = [column["name"] for column in columns if column.get("priority") == 1]
    assert wide == ["Image", "Model", "Replicas", "Message"]
    status = {field.alias for field in ModelDeploymentStatus.model_fields.values()}
    shown = {path.split(".")[2].split("[")[0] for path in (column["jsonPath"] for column in columns)}
    assert shown - {"creationTimestamp"} <= status


def test_reasons_and_conditions_are_words_that_kubernetes_accepts() -> None:
    for word in (*Reason, *ConditionType):
        assert word.isalnum()
        assert word[0].isupper()

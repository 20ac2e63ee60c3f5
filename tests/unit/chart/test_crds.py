"""The chart brings the CustomResourceDefinition of the repository, and never takes it away."""

from __future__ import annotations

import yaml

from tests.unit.chart.rendering import CHART, DEFAULT, ROOT, objects, one


def test_the_chart_has_a_copy_of_every_definition() -> None:
    originals = {path.name: path.read_text() for path in (ROOT / "crds").iterdir()}
    copies = {path.name: path.read_text() for path in (CHART / "files" / "crds").iterdir()}
    assert copies == originals, "run make crds"


def test_the_definition_is_installed_as_it_is_and_kept() -> None:
    installed = one("CustomResourceDefinition", objects())
    metadata = installed.pop("metadata")
    (path,) = (ROOT / "crds").iterdir()
    original = yaml.safe_load(path.read_text())
    assert metadata["annotations"]["helm.sh/resource-policy"] == "keep"
    assert metadata["name"] == original.pop("metadata")["name"]
    assert installed == original


def test_the_definition_may_come_from_elsewhere() -> None:
    assert "CustomResourceDefinition" not in {obj["kind"] for obj in objects(DEFAULT, "crds.enabled=false")}

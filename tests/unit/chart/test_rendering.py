"""What the chart installs, for several sets of values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main
import yaml

from sluiceway.cli.main import app
from tests.unit.chart.rendering import (
    CHART,
    CI_VALUES,
    DEFAULT,
    FULL,
    NAMESPACED,
    RELEASE,
    ROOT,
    HelmError,
    Object,
    helm,
    objects,
    one,
    render,
)

GOLDEN = Path(__file__).parent / "golden"
each_values = pytest.mark.parametrize("values", CI_VALUES, ids=lambda path: path.stem)


def without_crds(text: str) -> str:
    """The definition is thousands of lines that other tests judge."""
    documents = text.split("---\n")
    return "---\n".join(found for found in documents if "\nkind: CustomResourceDefinition\n" not in found)


def container(found: list[Object]) -> Object:
    (only,) = one("Deployment", found)["spec"]["template"]["spec"]["containers"]
    return dict(only)


@each_values
def test_manifests_are_as_reviewed(values: Path, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{values.stem}.yaml", without_crds(render(values)))


@each_values
def test_notes_are_as_reviewed(values: Path, golden: Callable[[Path, str], None]) -> None:
    said = helm("install", *RELEASE, "--values", str(values), "--dry-run=client")
    golden(GOLDEN / f"{values.stem}.notes.txt", said.partition("\nNOTES:\n")[2])


@each_values
def test_helm_has_no_complaint(values: Path) -> None:
    assert "0 chart(s) failed" in helm("lint", "--strict", str(CHART), "--values", str(values))


def test_helm_has_no_complaint_about_the_defaults() -> None:
    assert "0 chart(s) failed" in helm("lint", "--strict", str(CHART))


@each_values
def test_the_command_line_takes_the_arguments(values: Path) -> None:
    operator = container(objects(values))
    command, *arguments = operator["args"]
    group = typer.main.get_group(app)
    with group.commands[command].make_context(command, list(arguments)) as context:
        assert context.params["health_port"] == operator["ports"][0]["containerPort"]
        assert context.params["namespace"] == (yaml.safe_load(values.read_text()).get("watchNamespace"))


def test_a_namespaced_install_asks_for_nothing_of_the_cluster() -> None:
    found = objects(NAMESPACED)
    assert {obj["kind"]: obj["metadata"].get("namespace") for obj in found} == {
        "ServiceAccount": "sluiceway-system",
        "Role": "models",
        "RoleBinding": "models",
        "Deployment": "sluiceway-system",
    }
    assert one("RoleBinding", found)["subjects"] == [
        {"kind": "ServiceAccount", "name": "sluiceway", "namespace": "sluiceway-system"}
    ]


def test_the_image_is_the_release_unless_said_otherwise() -> None:
    repository = "registry.example.com/sluiceway"
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
    digest = f"sha256:{'a' * 64}"
    assert container(objects())["image"] == f"{repository}:{version}"
    assert container(objects(DEFAULT, "image.tag=edge"))["image"] == f"{repository}:edge"
    assert container(objects(DEFAULT, "image.tag=edge", f"image.digest={digest}"))["image"] == (
        f"{repository}@{digest}"
    )


def test_the_chart_installs_the_version_it_lies_beside() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    project = (ROOT / "pyproject.toml").read_text()
    assert f'\nversion = "{chart["appVersion"]}"\n' in project


def test_an_install_without_an_image_is_refused_with_what_to_do() -> None:
    with pytest.raises(HelmError, match=r"--set image\.repository=registry\.example\.com"):
        helm("template", *RELEASE)


def test_a_platform_may_assign_the_user() -> None:
    security = one("Deployment", objects(DEFAULT, "runAsUser=null"))["spec"]["template"]["spec"][
        "securityContext"
    ]
    assert security == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def test_objects_are_named_after_the_release() -> None:
    def name(*settings: str, release: str) -> str:
        return str(one("Deployment", objects(DEFAULT, *settings, release=release))["metadata"]["name"])

    assert name(release="sluiceway") == "sluiceway"
    assert name(release="models") == "models-sluiceway"
    assert name("fullnameOverride=fraud", release="models") == "fraud"
    assert len(name(release="r" * 53)) <= 63


def test_the_selector_outlives_an_upgrade() -> None:
    selector = one("Deployment", objects(FULL))["spec"]["selector"]["matchLabels"]
    assert set(selector) == {f"app.kubernetes.io/{name}" for name in ("name", "instance", "component")}

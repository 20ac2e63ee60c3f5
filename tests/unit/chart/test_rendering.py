"""What the chart installs, for several sets of values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath

import pytest
import typer.main
import yaml

from sluiceway.cli.config import load
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


LONG = ("\nkind: CustomResourceDefinition\n", "\n  sluiceway.json: |\n", "\nkind: PrometheusRule\n")
"""What is hundreds of lines from a file that other tests judge."""


def without_long(text: str) -> str:
    """Leave out what nobody would review here."""
    documents = text.split("---\n")
    return "---\n".join(found for found in documents if not any(words in found for words in LONG))


def container(found: list[Object]) -> Object:
    (only,) = one("Deployment", found)["spec"]["template"]["spec"]["containers"]
    return dict(only)


@each_values
def test_manifests_are_as_reviewed(values: Path, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{values.stem}.yaml", without_long(render(values)))


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
    own = "sluiceway-system"
    assert {(obj["kind"], obj["metadata"]["name"], obj["metadata"].get("namespace")) for obj in found} == {
        ("ServiceAccount", "sluiceway", own),
        ("Role", "sluiceway", "models"),
        ("RoleBinding", "sluiceway", "models"),
        ("Role", "sluiceway-live", own),
        ("Service", "sluiceway", own),
        ("Deployment", "sluiceway", own),
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


def test_the_service_leads_to_the_port_that_the_operator_serves_on() -> None:
    found = objects(FULL)
    service, template = one("Service", found), one("Deployment", found)["spec"]["template"]
    assert service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    (port,) = service["spec"]["ports"]
    assert (port["name"], port["targetPort"]) == ("http", container(found)["ports"][0]["name"])
    assert service["metadata"]["labels"]["app.kubernetes.io/component"] == "operator"


PROVIDER = ("providers[0].name=a", "providers[0].address=http://a")


def test_the_operator_reads_what_the_values_say_of_providers(tmp_path: Path) -> None:
    found = objects(FULL)
    given = yaml.safe_load(FULL.read_text())["providers"]
    (config,) = (item for item in container(found)["args"] if item.startswith("--config="))
    path = PurePath(config.removeprefix("--config="))
    mounts = {mount["mountPath"]: mount["name"] for mount in container(found)["volumeMounts"]}
    volumes = one("Deployment", found)["spec"]["template"]["spec"]["volumes"]
    (volume,) = (volume for volume in volumes if volume["name"] == mounts[str(path.parent)])
    (config_map,) = (obj for obj in found if obj["kind"] == "ConfigMap" and path.name in obj["data"])
    assert volume["configMap"]["name"] == config_map["metadata"]["name"]
    (tmp_path / "operator.yaml").write_text(config_map["data"][path.name])
    read = load(tmp_path / "operator.yaml").providers
    assert [each.model_dump(by_alias=True, exclude_unset=True) for each in read] == given


def test_the_operator_starts_anew_when_providers_change() -> None:
    def checksum(*settings: str) -> str | None:
        template = one("Deployment", objects(DEFAULT, *settings))["spec"]["template"]
        annotations: dict[str, str] = template["metadata"].get("annotations", {})
        return annotations.get("checksum/config")

    assert checksum() is None
    first = checksum(*PROVIDER)
    assert first
    assert checksum(*PROVIDER) == checksum(*PROVIDER, "podAnnotations.a=b") == first
    assert checksum(*PROVIDER, "providers[0].timeoutSeconds=3") not in {None, first}


def test_without_providers_there_is_no_configuration() -> None:
    found = objects()
    assert not [obj for obj in found if obj["kind"] == "ConfigMap"]
    assert not [item for item in container(found)["args"] if item.startswith("--config")]


def test_two_providers_with_one_name_are_refused() -> None:
    with pytest.raises(HelmError, match="two are called a: resources name one by its name"):
        render(DEFAULT, *PROVIDER, "providers[1].name=a", "providers[1].address=http://b")

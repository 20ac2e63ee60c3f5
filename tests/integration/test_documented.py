"""What the pages tell people to write, on a real API server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.progress import ClusterError
from tests.support.cluster_view import Object, model_deployment

pytestmark = pytest.mark.integration

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
TRAFFIC = {"parentRefs": [{"name": "public"}], "hostnames": ["fraud.example.com"]}


def blocks(page: Path, language: str) -> list[str]:
    # Every block is matched, whatever its language, or the end of one would begin the next.
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [text for spoken, text in found if spoken == language]


def written() -> Iterator[Any]:
    """Yield the specs on each page; one that is a part of a spec is completed."""
    for page in sorted(PAGES.glob("*.md")):
        for number, text in enumerate(blocks(page, "yaml")):
            block = yaml.safe_load(text)
            if set(block) in ({"spec"}, {"apiVersion", "kind", "metadata", "spec"}):
                yield pytest.param(block["spec"], id=f"{page.stem}-{number}")


def apply(plane: ControlPlane, resource: Object) -> None:
    plane.kubectl("apply", "--dry-run=server", "-f", "-", stdin=json.dumps(resource))


@pytest.mark.parametrize("spec", list(written()))
def test_what_the_pages_show_is_accepted(control_plane: ControlPlane, spec: dict[str, Any]) -> None:
    apply(control_plane, model_deployment("fraud", **({"traffic": TRAFFIC} | spec)))


def test_the_refusal_on_the_page_is_what_people_read(control_plane: ControlPlane) -> None:
    page = PAGES / "objectives.md"
    resource = yaml.safe_load(blocks(page, "yaml")[0])
    resource["spec"]["slo"]["objectives"][0]["targetPercent"] = "99.5%"
    with pytest.raises(ClusterError) as refused:
        apply(control_plane, resource)
    (shown,) = blocks(page, "")
    _, _, answer = shown.partition("\n")
    assert answer.strip() in str(refused.value)

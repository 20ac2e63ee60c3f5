"""What the pages tell people to write, on a real API server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from e2e.cluster.control_plane import ControlPlane
from tests.documented.pages import blocks, pages, typed
from tests.support.cluster_view import model_deployment

pytestmark = pytest.mark.integration

TRAFFIC = {"parentRefs": [{"name": "public"}], "hostnames": ["fraud.example.com"]}


def written() -> Iterator[Any]:
    """Yield the specs on each page; one that is a part of a spec is completed."""
    for page in pages():
        for block in (block for block in blocks(page) if block.language == "yaml"):
            found = yaml.safe_load(block.text)
            if set(found) == {"spec"} or found.get("kind") == "ModelDeployment":
                yield pytest.param(found["spec"], id=f"{page}:{block.line}")
        for command in typed(page):
            _, _, lines = command.text.partition("<<EOF\n")
            if "kind: ModelDeployment" in lines:
                found = yaml.safe_load(lines.removesuffix("EOF").replace("$TRITON", "triton:1"))
                yield pytest.param(found["spec"], id=f"{page}:{command.line}")


@pytest.mark.parametrize("spec", list(written()))
def test_what_the_pages_show_is_accepted(control_plane: ControlPlane, spec: dict[str, Any]) -> None:
    resource = model_deployment("fraud", **({"traffic": TRAFFIC} | spec))
    control_plane.kubectl("apply", "--dry-run=server", "-f", "-", stdin=json.dumps(resource))

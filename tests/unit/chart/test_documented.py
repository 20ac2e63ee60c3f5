"""What the page on installing tells people to put into their values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from sluiceway.cli.config import load
from tests.unit.chart.rendering import DEFAULT, ROOT, objects, one

PAGE = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def values(tmp_path: Path) -> Path:
    """The values on the page, in a file."""
    (block,) = BLOCKS
    path = tmp_path / "values.yaml"
    path.write_text(DEFAULT.read_text() + block)
    return path


def test_the_providers_on_the_page_are_accepted(values: Path, tmp_path: Path) -> None:
    found = objects(values)
    path = tmp_path / "operator.yaml"
    path.write_text(one("ConfigMap", found)["data"][path.name])
    providers = load(path).providers
    assert [each.name for each in providers] == ["prometheus", "central"]
    (container,) = one("Deployment", found)["spec"]["template"]["spec"]["containers"]
    mounts = {Path(mount["mountPath"]) for mount in container["volumeMounts"]}
    files = [Path(file) for each in providers for file in (each.bearer_token_file, each.ca_file) if file]
    assert len(files) == 2
    assert {file.parent for file in files} <= mounts


def test_the_part_for_the_operator_is_what_it_reads_itself(tmp_path: Path) -> None:
    (block,) = BLOCKS
    path = tmp_path / "operator.yaml"
    path.write_text(yaml.safe_dump({"providers": yaml.safe_load(block)["providers"]}))
    assert len(load(path).providers) == 2

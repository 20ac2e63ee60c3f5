"""What the page on observing says of the chart."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.unit.chart.rendering import DEFAULT, ROOT, Object, objects, one
from tests.unit.chart.test_monitoring import RULES

PAGE = (ROOT / "docs" / "how-to" / "observe.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def with_all(folder: Path) -> list[Object]:
    """Return what a release with all the values on the page installs."""
    path = folder / "values.yaml"
    merged: Object = yaml.safe_load(DEFAULT.read_text())
    for block in BLOCKS:
        merged |= yaml.safe_load(block)
    path.write_text(yaml.safe_dump(merged))
    return objects(path)


def test_the_values_on_the_page_install_what_it_promises(tmp_path: Path) -> None:
    found = with_all(tmp_path)
    for kind in ("ServiceMonitor", "PrometheusRule", "ConfigMap", "RoleBinding"):
        assert one(kind, found)
    assert one("ServiceMonitor", found)["metadata"]["labels"]["release"] == "prometheus"


def test_every_alert_is_on_the_page_with_its_severity() -> None:
    rows = dict(re.findall(r"^\| `(Sluiceway\w+)` \| (\w+) \|", PAGE, re.MULTILINE))
    assert rows == {name: rule["labels"]["severity"] for name, rule in RULES.items()}


def test_the_address_of_live_figures_is_what_the_role_allows() -> None:
    (name,) = re.findall(r"/services/(\S+)/proxy/live/", PAGE)
    (role,) = (obj for obj in objects() if obj["kind"] == "Role")
    assert role["rules"][0]["resourceNames"] == [name]
    assert f"`{role['metadata']['name']}`" in PAGE

"""What the repository promises about itself: an importable package, locks in step, no machine's traces."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOR_THE_ADAPTER = {"aiohttp"}
"""What the operator's image holds beside the package's own dependencies: `kubernetes.aio` imports it."""
ADDRESSES = {
    "an index URL": re.compile(r"(--(extra-)?index-url|--find-links|--trusted-host)"),
    "a path of somebody's machine": re.compile(r"(?<![\w./-])/(work|root|home)/[\w.-]"),
}


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def requirements(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("name", ["__init__.py", "conftest.py"])
def test_the_source_root_is_no_package(name: str) -> None:
    # A package called `operator` would hide the standard library's, and Python would not start.
    assert not (ROOT / "operator" / name).exists()


def test_the_image_gets_what_the_package_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (
        requirements(ROOT / "requirements" / "operator.in") == set(project["dependencies"]) | FOR_THE_ADAPTER
    )


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_every_locked_requirement_has_its_hash_and_no_address(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    pinned = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
    assert pinned
    for number in pinned:
        assert "==" in lines[number]
        assert "--hash=sha256:" in lines[number + 1]
    assert not any("://" in line for line in lines if not line.lstrip().startswith("#"))


@pytest.mark.parametrize("what", ADDRESSES)
def test_no_tracked_file_holds(what: str) -> None:
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode(errors="ignore")
        lines = [number for number, line in enumerate(text.splitlines(), 1) if ADDRESSES[what].search(line)]
        found += [f"{path.relative_to(ROOT)}:{number}" for number in lines]
    assert found == []

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from e2e.cluster import images_bases, images_catalog, images_pip
from e2e.cluster.images_catalog import IMAGES, Image, find
from e2e.cluster.progress import ClusterError


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Image:
    monkeypatch.setattr(images_catalog, "ROOT", tmp_path)
    (tmp_path / "images/tool").mkdir(parents=True)
    (tmp_path / "images/tool/Dockerfile").write_text("FROM debian:12-slim\nCOPY code /code\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.py").write_text("first")
    return Image("tool", sources=("code",))


def test_the_name_follows_the_content(image: Image, tmp_path: Path) -> None:
    before = image.reference
    assert image.reference == before
    (tmp_path / "code/main.py").write_text("second")
    changed = image.reference
    assert changed != before
    image.dockerfile.write_text(image.dockerfile.read_text() + "USER 1\n")
    assert image.reference != changed


def test_the_name_follows_the_base(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    before = image.tag
    monkeypatch.setattr(images_bases, "_DEBIAN", ("another recipe",))
    assert image.tag != before


def test_bytecode_is_neither_counted_nor_copied(image: Image, tmp_path: Path) -> None:
    before = image.tag
    cache = tmp_path / "code/__pycache__"
    cache.mkdir()
    (cache / "main.cpython-311.pyc").write_bytes(b"\0")
    assert image.tag == before
    image.stage(tmp_path / "staged")
    assert [path.name for path in (tmp_path / "staged").rglob("*")] == ["code", "main.py"]


def test_layers_do_not_depend_on_the_umask(image: Image, tmp_path: Path) -> None:
    (tmp_path / "code/main.py").chmod(0o664)
    image.stage(tmp_path / "staged")
    assert (tmp_path / "staged/code/main.py").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", IMAGES)
def test_everything_copied_is_in_the_context(name: str) -> None:
    """A file that the catalogue forgets would be missing here, or would not change the name."""
    given = {*IMAGES[name].sources, IMAGES[name].program}
    copied = re.findall(r"^COPY ((?:(?!--)\S+ )+)\S+$", IMAGES[name].dockerfile.read_text(), re.MULTILINE)
    assert {path for line in copied for path in line.split()} == given - {""}


@pytest.mark.parametrize("name", IMAGES)
def test_every_base_can_be_made_without_a_registry(name: str) -> None:
    text = IMAGES[name].dockerfile.read_text()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE))
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) <= {*images_bases.NAMES, "scratch", *stages}


def test_an_unknown_image_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ClusterError, match=r"no image .tritn.; there are: .*triton-cpu"):
        find("tritn")


@pytest.fixture
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("PIP_") or name == "SSL_CERT_FILE":
            monkeypatch.delenv(name)
    monkeypatch.setattr(images_pip, "_FILES", (tmp_path / "pip.conf",))
    return tmp_path / "pip.conf"


def test_pip_without_settings_needs_no_secrets(no_settings: Path, tmp_path: Path) -> None:
    assert images_pip.secrets(tmp_path) == []


def test_pip_variables_win_over_files_and_only_the_way_to_packages_is_kept(
    no_settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_settings.write_text("[global]\nindex-url = https://one.example\nno-index = true\nretries = 9\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://two.example")
    folder = tmp_path / "secrets"
    folder.mkdir()
    assert images_pip.secrets(folder) == [f"--secret=id=pip.conf,src={folder}/pip.conf"]
    written = (folder / "pip.conf").read_text()
    assert written.split() == ["[global]", "index-url", "=", "https://two.example", "retries", "=", "9"]


def test_certificates_are_handed_over_at_a_place_of_their_own(
    no_settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = tmp_path / "authority.pem"
    certificates.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
    folder = tmp_path / "secrets"
    folder.mkdir()
    assert f"--secret=id=ca.crt,src={certificates}" in images_pip.secrets(folder)
    assert "cert = /run/secrets/ca.crt" in (folder / "pip.conf").read_text()

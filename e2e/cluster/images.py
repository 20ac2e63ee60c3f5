"""Container images without a registry and without Docker: built by buildah, kept as archives.

An archive is named after a hash of all that goes into it. So a change of the operator's code builds
that one image anew, in seconds, since its dependencies are a layer that did not change; and what did
not change is not built at all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from e2e.cluster import images_bases, paths
from e2e.cluster.images_buildah import PACKAGES, Buildah, buildah_session
from e2e.cluster.images_catalog import IMAGES, REGISTRY, Image, find
from e2e.cluster.locking import exclusive
from e2e.cluster.packages import ensure_packages
from e2e.cluster.progress import ClusterError, say, step


def reference(name: str) -> str:
    """Return the full name that a pod asks for, such as `sluiceway.local/operator:0f3c…`.

    It follows from the sources as they are now, whether the image is built or not.
    """
    return find(name).reference


def ensure_image(name: str) -> Path:
    """Return the archive of the image *name* for `ctr images import`, built first when it must be.

    Raises:
        ClusterError: for an unknown name, without root, or with what the failed build said.
    """
    return ensure_images([name])[name]


def ensure_images(names: Iterable[str] = tuple(IMAGES)) -> dict[str, Path]:
    """Return the archives of several images; builds the missing ones one after the other."""
    images = [find(name) for name in names]
    archives = {image.name: _archive(image) for image in images}
    if all(archive.exists() for archive in archives.values()):
        return archives
    ready_machine()
    with exclusive(paths.cache() / "images.lock", "building images"), buildah_session() as buildah:
        return {image.name: _built(image, buildah) for image in images}


def ready_machine() -> None:
    """Install what builds images; raises ClusterError, with what to do, where that is not possible."""
    if os.geteuid() != 0:
        raise ClusterError(
            "only root may build images here (chroot and overlay mounts): put sudo before the command, or "
            "build them with Docker: docs/how-to/build-images.md"
        )
    ensure_packages(PACKAGES)


def build_all() -> dict[str, Path]:
    """Build every image that is missing, print what each is called, and return the archives."""
    started = time.monotonic()
    archives = ensure_images()
    for name, archive in archives.items():
        say(f"  {reference(name)}  {archive.stat().st_size / 1e6:,.0f} MB  {archive}")
    say(f"{len(archives)} images ready in {time.monotonic() - started:.1f} s")
    return archives


def _archive(image: Image) -> Path:
    return paths.cache() / "images" / image.name / f"{image.tag}.tar"


def _built(image: Image, buildah: Buildah) -> Path:
    # Named only now: while this process waited for its turn, another may have built the image, or
    # somebody may have changed a source.
    archive = _archive(image)
    if archive.exists():
        return archive
    bases = {base: images_bases.ensure(base, buildah) for base in image.bases}
    with step(f"image {image.name}") as current, buildah.scratch() as folder:
        image.stage(Path(folder))
        local = f"localhost/{image.name}:latest"
        buildah.build(local, image.dockerfile, Path(folder), bases=bases, current=current)
        name = f"{REGISTRY}/{image.name}:{archive.stem}"
        buildah.export(local, archive, name, current)
    for stale in archive.parent.glob("*.tar"):
        if stale != archive:
            stale.unlink()
    return archive

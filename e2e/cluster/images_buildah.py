"""Runs buildah with a storage of its own, so that it neither needs nor changes the user's."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from e2e.cluster import images_pip, paths
from e2e.cluster.progress import ClusterError, Step, say

PACKAGES = ("buildah", "ca-certificates", "mmdebstrap", "util-linux")

_STORAGE_LIMIT_BYTES = 6 * 2**30
"""All images and the layers of their build stages take 2 GB; the rest is from older ones."""


class Buildah:
    """Builds images, by `buildah_session`, one after the other."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        policy = scratch / "policy.json"
        policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
        registries = scratch / "registries.conf"
        registries.write_text("unqualified-search-registries = []\n")
        # The mounts of buildah end with the namespace that it runs in, whatever becomes of it.
        self._command = [
            *("unshare", "--mount", "--propagation", "private"),
            *("buildah", "--storage-driver", "overlay", "--root", str(_storage())),
            *("--runroot", str(scratch / "run"), "--registries-conf", str(registries)),
        ]
        self._policy = ["--signature-policy", str(policy)]
        self._secrets = images_pip.secrets(scratch)

    def has(self, reference: str) -> bool:
        """Tell whether the storage holds the image *reference*."""
        command = [*self._command, "inspect", "--type", "image", reference]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def build(
        self,
        reference: str,
        dockerfile: Path,
        context: Path,
        *,
        bases: Mapping[str, str],
        current: Step,
    ) -> None:
        """Build *dockerfile* as `docker build` would, with images of the storage as *bases*."""
        replaced = [f"--build-context={name}=container-image://{base}" for name, base in bases.items()]
        # Isolation by chroot needs no container runtime; nothing here is pulled from a registry.
        options = ["--isolation", "chroot", "--layers", "--pull-never", *self._policy, *self._secrets]
        self._run(
            ["bud", *options, *replaced, "--tag", reference, "--file", str(dockerfile), str(context)],
            current,
        )

    def export(self, reference: str, archive: Path, name: str, current: Step) -> None:
        """Write an image to the file *archive*, not compressed: reading it back takes half the time."""
        current.detail = "writing the archive"
        archive.parent.mkdir(parents=True, exist_ok=True)
        # buildah appends to a file that is there.
        partial = self._scratch / "archive.tar"
        partial.unlink(missing_ok=True)
        self._run(["push", "--quiet", *self._policy, reference, f"docker-archive:{partial}:{name}"], current)
        partial.rename(archive)

    def scratch(self) -> tempfile.TemporaryDirectory[str]:
        """Return a new folder that goes with its context."""
        return tempfile.TemporaryDirectory(dir=self._scratch)

    def _run(self, arguments: Sequence[str], current: Step) -> None:
        said: deque[str] = deque(maxlen=30)
        with subprocess.Popen(
            [*self._command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line)
                if found := re.match(r"(?:\[\S+\] )?STEP \S+ (.*)", line):
                    current.detail = found[1][:70]
        if process.returncode:
            raise ClusterError(f"buildah {arguments[0]} failed:\n{''.join(said)}")


@contextmanager
def buildah_session() -> Iterator[Buildah]:
    """Give a Buildah to one process at a time: hold the lock of the images around it."""
    _storage().mkdir(parents=True, exist_ok=True)
    if _size(_storage()) > _STORAGE_LIMIT_BYTES:
        say("  the layers of older images are removed: this build starts from nothing")
        shutil.rmtree(_storage())
    # In the cache rather than in /tmp, which may be in memory: archives are made here, then renamed.
    for left in _folder().glob(".scratch-*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=_folder(), prefix=".scratch-") as scratch:
        yield Buildah(Path(scratch))


def _folder() -> Path:
    return paths.cache() / "images"


def _storage() -> Path:
    return _folder() / "storage"


def _size(folder: Path) -> int:
    shown = subprocess.run(
        ["du", "--summarize", "--block-size=1", str(folder)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout.split()[0])

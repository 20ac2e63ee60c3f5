"""Further files for the server: volumes and where they are mounted."""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.meta import ATOMIC, ApiModel, Rule, rule, rules
from sluiceway.api.model import RELATIVE_PATH
from sluiceway.api.names import (
    MODEL_REPOSITORY_PATH,
    RESERVED_VOLUME_PREFIX,
    SHARED_MEMORY_PATH,
    TEMPORARY_PATH,
)
from sluiceway.api.scalars import FileMode, ObjectName, Path, Quantity, ShortText

VolumeName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Rule(
        f"!self.startsWith('{RESERVED_VOLUME_PREFIX}')",
        f"Choose another name: those that begin with {RESERVED_VOLUME_PREFIX} belong to the operator",
    ),
]

_OPERATORS_MOUNTS = rf"^({MODEL_REPOSITORY_PATH}(/.*)?|{SHARED_MEMORY_PATH}/?|{TEMPORARY_PATH}/?)$"

MountPath = Annotated[
    str,
    Field(min_length=1, max_length=1024),
    Rule(
        "self.matches('^(/[^/:]+)+/?$') && !self.matches('/[.][.]?(/|$)')"
        f" && !self.matches('{_OPERATORS_MOUNTS}')",
        f"Mount volumes at an absolute path other than {MODEL_REPOSITORY_PATH} (and below it),"
        f" {SHARED_MEMORY_PATH} and {TEMPORARY_PATH}: the operator uses these",
    ),
]


class KeyToPath(ApiModel):
    """One key that becomes a file."""

    key: ShortText
    """The key."""

    path: Annotated[str, Field(min_length=1, max_length=253), RELATIVE_PATH]
    """Path of the file, relative to the volume."""

    mode: FileMode | None = None
    """Permissions of the file, such as 0440; defaultMode when absent."""


Items = Annotated[tuple[KeyToPath, ...], Field(max_length=32), ATOMIC]


class ConfigMapVolume(ApiModel):
    """The keys of a ConfigMap as files."""

    name: ObjectName
    """Name of the ConfigMap, in the same namespace."""

    items: Items = ()
    """Keys that become files; all when absent."""

    default_mode: FileMode | None = None
    """Permissions of the files; 0644 when absent."""

    optional: bool | None = None
    """Whether pods start without the ConfigMap. Without it, they wait for it."""


class SecretVolume(ApiModel):
    """The keys of a Secret as files."""

    secret_name: ObjectName
    """Name of the Secret, in the same namespace."""

    items: Items = ()
    """Keys that become files; all when absent."""

    default_mode: FileMode | None = None
    """Permissions of the files; 0644 when absent."""

    optional: bool | None = None
    """Whether pods start without the Secret. Without it, they wait for it."""


class EmptyDirVolume(ApiModel):
    """A directory that is empty when a pod starts and is lost when it ends."""

    medium: Literal["Memory"] | None = None
    """Memory for a directory in memory, which counts against the memory limit; on disk when absent."""

    size_limit: Quantity | None = None
    """How much it may hold; no limit of its own when absent."""


class PersistentVolumeClaimVolume(ApiModel):
    """A volume of the same namespace."""

    claim_name: ObjectName
    """Name of the PersistentVolumeClaim."""

    read_only: bool | None = None
    """Whether it is mounted read-only. Without it, the mount decides."""


class Volume(ApiModel):
    """Files that can be mounted into the server.

    Directories of the node are not offered: restricted Pod Security forbids them.
    """

    model_config = rules(
        rule(
            "[has(self.configMap), has(self.secret), has(self.emptyDir), has(self.persistentVolumeClaim)]"
            ".exists_one(given, given)",
            "Give a volume exactly one of configMap, secret, emptyDir and persistentVolumeClaim",
        )
    )

    name: VolumeName
    """Name by which volumeMounts refer to the volume."""

    config_map: ConfigMapVolume | None = None
    """The keys of a ConfigMap as files."""

    secret: SecretVolume | None = None
    """The keys of a Secret as files."""

    empty_dir: EmptyDirVolume | None = None
    """A directory that lives as long as the pod."""

    persistent_volume_claim: PersistentVolumeClaimVolume | None = None
    """A volume of the same namespace."""


class VolumeMount(ApiModel):
    """A place in the server's file system where a volume appears."""

    name: VolumeName
    """Name of the volume."""

    mount_path: MountPath
    """Directory where the volume appears; not one that the operator uses: /models, /dev/shm, /tmp."""

    sub_path: Annotated[Path, RELATIVE_PATH] | None = None
    """Directory or file of the volume that appears there; the whole volume when absent."""

    read_only: bool | None = None
    """Whether the server may only read. Without it, it may write where the volume allows that."""

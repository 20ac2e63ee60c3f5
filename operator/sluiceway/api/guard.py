"""Whether the pods of a model have a guard."""

from enum import StrEnum


class Guard(StrEnum):
    """Envoy in front of Triton: counts every response, closes Triton's control API, drains."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"

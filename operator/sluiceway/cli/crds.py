"""The CRD files of the repository, generated from the API models."""

import yaml

from sluiceway.api import names
from sluiceway.api.crd import custom_resource_definition

FILE_NAME = f"{names.GROUP}_{names.PLURAL}.yaml"

_HEADER = "# Generated from operator/sluiceway/api by `make crds`. Change it there.\n"


class _Plain(yaml.SafeDumper):
    """Writes every value out, where YAML would refer to an equal one above."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Called by yaml for every value."""
        return True


def render() -> str:
    """The CustomResourceDefinition as YAML, the same text every time."""
    return _HEADER + yaml.dump(custom_resource_definition(), Dumper=_Plain, sort_keys=False, width=110)

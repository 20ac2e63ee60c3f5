"""Which model is served, and where its files lie."""

import json
from typing import Annotated, Self

from pydantic import Field, model_validator

from sluiceway.api.golden import MAX_BYTES, MAX_DEADLINE_SECONDS, MAX_GOLDEN, Golden
from sluiceway.api.meta import ApiModel, Rule, map_list
from sluiceway.api.scalars import ObjectName, Path

RELATIVE_PATH = Rule(
    "!self.matches('^/|(^|/)[.][.](/|$)')",
    "Give a path relative to the root of the volume: no leading / and no .. in it",
)

ModelName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Rule(
        "self.matches('^[A-Za-z0-9_][A-Za-z0-9_.-]*$')",
        "Begin the model's name with a letter, a digit or _ and go on with letters, digits, _, . and -",
    ),
]


DEADLINES = Rule(
    f"self.map(one, one.deadlineSeconds).sum() <= {MAX_DEADLINE_SECONDS}",
    "Golden inputs are asked one after another: let their deadlineSeconds add up to at most"
    f" {MAX_DEADLINE_SECONDS}",
)


class PersistentVolumeClaimSource(ApiModel):
    """A directory on a volume of the same namespace, mounted read-only into every pod."""

    claim_name: ObjectName
    """Name of the PersistentVolumeClaim that holds the model. Several pods mount it at once."""

    path: Annotated[Path, RELATIVE_PATH] = ""
    """Directory of the model on the volume: the one that holds config.pbtxt and one numbered version
    directory. Without it, that is the root of the volume."""


class ModelSource(ApiModel):
    """Where the files of the model come from."""

    persistent_volume_claim: PersistentVolumeClaimSource
    """The model lies on a volume of the same namespace."""


class Model(ApiModel):
    """A model, by name and by place."""

    name: ModelName | None = None
    """Name under which Triton serves the model, as in /v2/models/NAME/infer.
    Without it, that is the name of the ModelDeployment."""

    source: ModelSource
    """Where the files of the model come from. Files that change in place make no new revision: give every
    version of a model a path of its own."""

    golden: Annotated[tuple[Golden, ...], Field(max_length=MAX_GOLDEN), map_list("name"), DEADLINES] = ()
    """Requests whose answers are known. A revision gets its first user request only after it gave these
    answers; one that gives others, or refuses one, is not used."""

    @model_validator(mode="after")
    def _golden_inputs_are_small(self) -> Self:
        size = len(json.dumps([golden.to_dict() for golden in self.golden], separators=(",", ":")))
        if size > MAX_BYTES:
            raise ValueError(
                f"the golden inputs take {size} bytes as JSON; at most {MAX_BYTES} are possible:"
                " give fewer of them or smaller ones"
            )
        return self

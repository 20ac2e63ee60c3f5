"""What GET /live/NAMESPACE/NAME answers: the figures of one rollout as they are now, for people who watch."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["Pass", "Breach", "Shared", "Insufficient"]


class _Figures(BaseModel):
    """Every key is always there, null where nothing is known; readers overlook keys that they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)


class RevisionFigures(_Figures):
    """One revision that has pods or requests."""

    revision: str
    """Its name."""

    weight: Annotated[int, Field(ge=0, le=100)]
    """Its share of the requests, in percent."""

    pods: Annotated[int, Field(ge=0)]
    """Pods that exist and are not being deleted."""

    ready: Annotated[int, Field(ge=0)]
    """Of these, how many answer."""

    requests: Annotated[int, Field(ge=0)] | None = None
    """Requests that were counted since the revision on trial came on trial; null when nobody counts."""

    bad: Annotated[int, Field(ge=0)] | None = None
    """Of these, how many were bad for that objective for which most of them were."""


class ObjectiveFigures(_Figures):
    """What is known of one objective of the revision on trial."""

    revision: str
    """The revision on trial."""

    source: str
    """Who counts: `guard`, `gateway`, or `objective NAME` for an objective with queries of its own."""

    objective: str
    """Name of the objective."""

    verdict: Verdict
    """What `evidence` amounts to now. Shared: the one beside it breaks the objective as well."""

    requests: Annotated[int, Field(ge=0)]
    """Requests to the revision, or events of it, since it came on trial."""

    bad: Annotated[int, Field(ge=0)]
    """Of these, how many were bad."""

    bound: float | None = None
    """Share of requests that may be bad, from 0 to 1; null where only the comparison counts."""

    evidence: float
    """Natural logarithm of the evidence that the objective is broken, and by this revision."""

    needed: float
    """From so much `evidence` on the verdict is Breach."""

    message: str
    """The same in words, with the counts of the revision beside it."""


class Live(_Figures):
    """The figures of one ModelDeployment."""

    namespace: str
    """Its namespace."""

    name: str
    """Its name."""

    at: str
    """When the operator answered, in RFC 3339. Guards are read every half second, providers at their pace."""

    serving: str | None = None
    """Name of the revision that serves."""

    candidate: str | None = None
    """Name of the revision that is being tried."""

    step: str | None = None
    """Step of the rollout, of how many, such as 2/4."""

    weights: dict[str, int]
    """Share of the requests by revision, in percent."""

    revisions: tuple[RevisionFigures, ...]
    """The revisions that have pods or requests, the one that serves first."""

    objectives: tuple[ObjectiveFigures, ...]
    """The objectives of the revision on trial; none while nobody is."""


class Unknown(_Figures):
    """The answer (404) for a resource of which the operator has no figures."""

    error: str
    """Why, and what to do."""

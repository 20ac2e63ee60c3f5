"""The figures of a rollout as they are now: what was decided last, and what has been counted since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sluiceway.api.live import Live, ObjectiveFigures, RevisionFigures
from sluiceway.core.accounts import accounts
from sluiceway.core.case import GATEWAY, GUARD, Case
from sluiceway.core.judgement import Judgement
from sluiceway.core.objectives import Share
from sluiceway.core.proceedings import Judged
from sluiceway.core.scene import Scene

_DIGITS = 3


def live(namespace: str, name: str, scene: Scene, judged: Judged | None, now: datetime) -> Live:
    """Return the figures of a resource; *judged* is what is known of who is on trial."""
    counted = counts(scene, judged)
    return Live(
        namespace=namespace,
        name=name,
        at=f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
        serving=scene.serving or None,
        candidate=scene.candidate or None,
        step=scene.step or None,
        weights=dict(scene.weights),
        revisions=tuple(
            RevisionFigures(
                revision=revision,
                weight=scene.weights.get(revision, 0),
                pods=pods.total,
                ready=pods.ready,
                requests=counted[revision].requests if revision in counted else None,
                bad=counted[revision].bad if revision in counted else None,
            )
            for revision, pods in scene.pods.items()
        ),
        objectives=tuple(objectives(scene, judged)),
    )


def objectives(scene: Scene, judged: Judged | None) -> Iterator[ObjectiveFigures]:
    """Yield what is known of every objective of the revision on trial."""
    for case, judgement in _known(scene, judged):
        for each in accounts(judgement, case):
            yield ObjectiveFigures(
                revision=case.revision,
                source=case.source,
                objective=each.objective.name,
                verdict=each.verdict.value,
                requests=each.seen.requests,
                bad=each.seen.bad,
                bound=each.allowed,
                evidence=round(each.evidence, _DIGITS),
                needed=round(each.needed, _DIGITS),
                message=each.words,
            )


def _known(scene: Scene, judged: Judged | None) -> Iterator[tuple[Case, Judgement]]:
    known = judged.live if judged else {}
    for case in scene.cases:
        if (judgement := known.get(case.source)) and judgement.key == case.key:
            yield case, judgement


def counts(scene: Scene, judged: Judged | None) -> Mapping[str, Share]:
    """Return the requests to each revision; those at the guards, where there are any, else at the gateway.

    Events of an objective's own queries are no requests.
    """
    of_requests = {case.source: (case, judgement) for case, judgement in _known(scene, judged)}
    found = of_requests.get(GUARD) or of_requests.get(GATEWAY)
    if found is None:
        return {}
    case, judgement = found
    mine = {case.revision: _most(trial.seen for trial in judgement.trials)}
    others = _most(trial.others for trial in judgement.trials)
    return mine | ({case.beside: others} if case.compared or others.requests else {})


def _most(shares: Iterator[Share]) -> Share:
    """Return the most requests, and the most bad ones, that any of the objectives counted."""
    found = tuple(shares)
    return Share(
        max((each.requests for each in found), default=0), max((each.bad for each in found), default=0)
    )

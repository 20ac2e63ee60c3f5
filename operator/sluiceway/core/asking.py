"""What providers of metrics are asked for a case, and what their answers tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sluiceway.api.queries import filled_in
from sluiceway.core import envoy_gateway
from sluiceway.core.case import GATEWAY, Case
from sluiceway.core.meters import Meter, Meters
from sluiceway.core.vectors import NoAnswer, Vector


def queries(case: Case, namespace: str, name: str) -> tuple[str, ...]:
    """Return what to ask the provider of a case, of the resource *name*; nothing for one without."""
    if not case.provider:
        return ()
    if case.source == GATEWAY:
        return (envoy_gateway.selector(case),)
    return tuple(text for _, _, text in _own(case, namespace, name))


def meters(case: Case, namespace: str, name: str, answers: Sequence[Vector | NoAnswer]) -> Meters | NoAnswer:
    """Return the counters by revision and objective; no answer when any of the answers is none.

    A revision in its first attempt may have no counters, since it has had no requests: then they are absent.
    """
    if case.source == GATEWAY:
        found = answers[0]
        told = found if isinstance(found, NoAnswer) else envoy_gateway.meters(found, case)
        if isinstance(told, NoAnswer):
            return NoAnswer(f"the metrics of the gateway are not known: {told.reason}")
        return told
    counted: dict[str, dict[str, Mapping[str, float]]] = {}
    found_absent: dict[str, str] = {}
    by = _by(case)
    for (revision, which, _), answer in zip(_own(case, namespace, name), answers, strict=True):
        values = answer if isinstance(answer, NoAnswer) else _values(answer, by)
        if isinstance(values, NoAnswer):
            reason = f'query {which} of "{case.objectives[0].name}" for {revision}: {values.reason}'
            fresh = revision == case.revision and case.attempt == 1
            if not (values.empty and fresh and (which == "total" or revision in found_absent)):
                return NoAnswer(reason)
            found_absent.setdefault(revision, reason)
            continue
        counted.setdefault(revision, {})[which] = values
    return {
        revision: (
            Meter(absent=found_absent[revision])
            if revision in found_absent
            else Meter(counted[revision]["total"], counted[revision]["bad"], summed=not by),
        )
        for revision in {**found_absent, **counted}
    }


def _own(case: Case, namespace: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield revision, which of its two queries, and the query as it is asked."""
    query = case.objectives[0].query
    for revision in case.measured:
        for which in ("total", "bad"):
            text = getattr(query, which)
            yield revision, which, filled_in(text, revision=revision, namespace=namespace, name=name)


def _by(case: Case) -> str:
    query = case.objectives[0].query
    return query.by or "" if query else ""


def _values(found: Vector, by: str) -> Mapping[str, float] | NoAnswer:
    """Return the counters by the label that tells them apart; without one there has to be a single one."""
    if not by:
        if len(found.samples) == 1:
            return {"": found.total}
        return NoAnswer(
            f"it found {len(found.samples)} series where one is meant: add them up with sum(), or name the"
            " label that tells them apart in by"
        )
    values = {dict(series).get(by, ""): value for series, value in found.samples.items()}
    if "" in values or len(values) < len(found.samples):
        return NoAnswer(f"its series are not told apart by label {by}: write sum by ({by}) (...)")
    return values

"""Verification in the life of a revision: what it is asked, what its answers mean, what is on record.

A revision is verified once: its signature on its ControllerRevision says so. Later looks, and later
operators, need not ask again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sluiceway.api.golden import Golden
from sluiceway.api.reasons import Reason
from sluiceway.build.guard.ports import GRPC_PORT
from sluiceway.core.endings import outcome
from sluiceway.core.finding import Finding
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.pods import address, is_ready
from sluiceway.core.signature import Signature
from sluiceway.core.state import State
from sluiceway.core.verification import Ask, verdict


@dataclass(frozen=True)
class Answered:
    """What the answers of a revision mean.

    `signature` is to be put on record, with whether it is `verified`; `ended` is how the attempt ends;
    `missing` is what has to be asked again.
    """

    signature: Signature | None = None
    verified: bool = False
    ended: Outcome | None = None
    missing: Finding | None = None


def asks(state: State, after: Memory) -> tuple[Ask, ...]:
    """Return what the wanted revision is to be asked: nothing once it is verified, or while no pod answers.

    One that serves already, of an earlier version of the operator, is asked for its signature alone.
    """
    name = state.wanted.name
    means = answered(state, after)
    held = state.signature_trouble or state.refusal(name, after)
    if state.verified(name) or means.signature or means.ended or held:
        return ()
    ready = [pod for pod in state.observed.pods_of(name) if is_ready(pod) and address(pod)]
    return tuple(
        Ask(name, f"{address(pod)}:{GRPC_PORT}", state.owner.model_name, _golden(state, after))
        for pod in ready[:1]
    )


def answered(state: State, after: Memory) -> Answered:
    """Return what the answers mean that the wanted revision has given since the last look.

    The signature is told before golden inputs that fail, most often for its sake. It is no end of the
    attempt: with `allowSignatureChange` they are asked again.
    """
    name = state.wanted.name
    answers = state.observed.answers.get(name)
    if answers is None or state.verified(name):
        return Answered()
    allowed = state.owner.spec.rollout.allow_signature_change
    stable = state.signature(state.memory.stable)
    found = verdict(answers, _golden(state, after), stable, allow_change=allowed)
    if found is None:
        return Answered(signature=answers.signature, verified=True)
    if found.reason is Reason.VERIFYING:
        return Answered(missing=found)
    if found.reason is Reason.SIGNATURE_CHANGED:
        return Answered(signature=answers.signature)
    attempt = after.attempt if after.candidate == name else state.next_attempt(name)
    return Answered(ended=outcome(state, name, attempt, found.reason, found.message))


def _golden(state: State, after: Memory) -> tuple[Golden, ...]:
    return () if state.wanted.name == after.stable else state.owner.spec.model.golden

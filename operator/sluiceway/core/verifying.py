"""Verification in the life of a revision: what it is asked, what its answers mean, what is on record.

A revision is verified once: its signature on its ControllerRevision says so. Later looks, and later
operators, need not ask again.
"""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.build.pod import GRPC_PORT
from sluiceway.core.finding import Finding
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.pods import is_ready
from sluiceway.core.signature import Signature
from sluiceway.core.state import State
from sluiceway.core.verification import Ask, verdict


def asks(state: State, after: Memory) -> tuple[Ask, ...]:
    """Return what the wanted revision is to be asked: nothing once it is verified, or while no pod answers.

    One that serves already, of an earlier version of the operator, is asked for its signature alone.
    """
    name = state.wanted.name
    verified, ended, _ = answered(state, after)
    if state.verified(name) or verified or ended or state.refusal(name, after):
        return ()
    ready = [pod for pod in state.observed.pods_of(name) if is_ready(pod) and _address(pod)]
    golden = () if name == after.stable else state.owner.spec.model.golden
    return tuple(
        Ask(name, f"{_address(pod)}:{GRPC_PORT}", state.owner.model_name, golden) for pod in ready[:1]
    )


def answered(state: State, after: Memory) -> tuple[Signature | None, Outcome | None, Finding | None]:
    """Return what the answers of the wanted revision mean: it is verified, it is refused, or neither yet.

    The first is the signature to be put on record, the second how the attempt ends, the third what is
    still missing.
    """
    name = state.wanted.name
    answers = state.observed.answers.get(name)
    if answers is None or state.verified(name):
        return None, None, None
    golden = () if name == after.stable else state.owner.spec.model.golden
    found = verdict(answers, golden, None, allow_change=True)
    if found is None:
        return answers.signature, None, None
    if found.reason is Reason.VERIFYING:
        return None, None, found
    attempt = after.attempt if after.candidate == name else state.next_attempt(name)
    outcome = Outcome(
        revision=name, attempt=attempt, reason=found.reason, message=found.message, at=state.now
    )
    return None, outcome, None


def _address(pod: Object) -> str:
    """Return a pod's address as it stands in a URL: an IPv6 address in brackets."""
    address = str((pod.get("status") or {}).get("podIP") or "")
    return f"[{address}]" if ":" in address else address

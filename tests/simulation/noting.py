"""How the past grows: from every change of an object, and from every pass that came to its end."""

from __future__ import annotations

from datetime import timedelta

from sluiceway.api import names
from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.memory import Memory, recall
from sluiceway.core.scene import remembers
from sluiceway.core.state import weights_of
from sluiceway.core.steps import ALL, keep_previous_seconds, passed
from tests.fakes.routes import selected, taken_up
from tests.simulation.bounds import bounds
from tests.simulation.carried import Carried
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass, command_of


def note(history: History, change: Change, seen: Pass | None) -> None:
    """Take up a change; *seen* is the pass that made it, None for everybody but operators."""
    if change.leads and seen:
        _note_look(history, seen)
        if change.after:
            history.capacity.led(change.after, seen)
    match change.ref.kind:
        case "ControllerRevision" if change.after:
            history.images[change.ref.name] = change.after["data"]["content"]["runtime"]["image"]
        case "HTTPRoute" if change.leads:
            _note_route(history, change, seen)
            _note_attempts(history, change)
        case "Service" if change.leads:
            _note_service(history, change, seen)
        case "Deployment" | "HorizontalPodAutoscaler":
            _note_pods(history, change, seen)
        case names.KIND if change.after:
            retry = command_of(change.after, "retry")
            if retry and history.named(retry):
                history.refused.discard(retry[0])
                history.forgiven, history.aborting = retry[:2], ""


def finished(history: History, seen: Pass) -> None:
    """Take up that a pass has done all that it wanted."""
    _note_look(history, seen)
    history.capacity.ended(seen)
    history.last, history.muddled = seen, False
    serving = recall((seen.route, seen.service), "").stable
    history.served |= {serving} - {"", *history.forgotten}
    aborted, history.aborting = history.aborting, ""
    if aborted and aborted != history.home and (not seen.weights.get(aborted) or aborted == history.giving):
        history.refuse(aborted)
    if seen.paused:
        history.halted = history.halted or seen.looked


def _note_pods(history: History, change: Change, seen: Pass | None) -> None:
    if seen and seen.late:
        history.muddled = True
    elif not seen and change.ref.kind == "Deployment" and change.after:
        history.capacity.scaled_down(change.after["spec"]["replicas"])


def _note_service(history: History, change: Change, seen: Pass | None) -> None:
    after = change.after
    history.copied = recall([after], "").sequence if after and remembers(after) else -1
    if after and seen:
        _note_home(history, _serving(history, after, seen), seen)
        _note_attempts(history, change)
    elif not after and not history.written:
        _forget(history)


def _forget(history: History) -> None:
    """Take up that somebody deleted what remembers: nobody is kept, what is not on record is not known."""
    history.moved, history.aborting, history.capacity = None, "", Carried()
    history.forgotten |= {*history.trusted, history.previous}
    history.served -= history.forgotten


def _note_attempts(history: History, change: Change) -> None:
    memory = recall([change.after], "")
    for outcome in memory.outcomes:
        attempt = (outcome.revision, outcome.attempt)
        if outcome.reason == Reason.OBJECTIVE_BROKEN and attempt not in history.blamed:
            history.blamed.add(attempt)
            if attempt != history.forgiven:
                history.refuse(outcome.revision)
    history.attempts |= {outcome.revision: outcome.attempt for outcome in memory.outcomes}
    if memory.candidate:
        history.attempts[memory.candidate] = memory.attempt


def _note_route(history: History, change: Change, seen: Pass | None) -> None:
    after = change.after
    if after is None:
        history.carried = {}
        if not seen and history.outlasts:
            return
        history.written, history.remembered = {}, -1
        if not seen:
            _forget(history)
        return
    if taken_up(after):
        history.carried = weights_of(after)
    if seen is None:
        return
    weights, memory = weights_of(after), recall([after], "")
    if bounds(history, seen) or seen.leads == memory.stable:
        # Service `<name>` leads to whoever has most, or has led there before: it tells nothing.
        _note_home(history, memory.stable, seen)
    history.giving = next(
        (name for name in weights if weights[name] and name not in (memory.stable, memory.candidate)), ""
    )
    gains = {name for name, weight in weights.items() if weight > history.written.get(name, 0)}
    if gains and not _is_on_the_way(history, seen, memory):
        history.raised, history.halted, history.stood = seen.looked, None, timedelta()
        history.excused = False
    history.excused = history.excused or seen.promoted
    history.full = next((name for name, weight in weights.items() if weight == ALL), history.full)
    history.written, history.remembered = weights, memory.sequence


def _is_on_the_way(history: History, seen: Pass, memory: Memory) -> bool:
    """Tell whether a candidate that has a share gets more of it, but not yet that of the next step."""
    before = history.written.get(memory.candidate, 0)
    shares = before, memory.weight
    same = len({passed(seen.steps, share) for share in shares}) == 1
    return bool(bounds(history, seen)) and 0 < before < memory.weight and same


def _serving(history: History, service: Object, seen: Pass) -> str:
    """Return who serves: whom Service `<name>` leads to, or, where pods are bounded, who is remembered."""
    return seen.remembered.stable if seen.route and bounds(history, seen) else selected(service)


def _note_home(history: History, serving: str, seen: Pass) -> None:
    if serving == history.home:
        return
    # A pass before this one may have moved the route, and not come as far as this.
    history.moved = history.raised if seen.before.stable == serving else seen.looked
    history.previous, history.home = history.home, serving
    history.returnable.add(serving)
    history.doubted.discard(serving)


def _note_look(history: History, seen: Pass) -> None:
    """Take up what a pass acted upon, whether it comes to its end or not."""
    history.wanted_since[history.wanted(seen)] = seen.looked
    before, aborted = seen.before, history.aborted(seen)
    able = seen.answering(before.previous) or (before.previous and bounds(history, seen))
    returns = before.stable == aborted and able
    known = aborted and history.forgiven != (aborted, history.attempts[aborted])
    if known and (before.candidate == aborted or returns):
        history.aborting = aborted
    keep = timedelta(seconds=keep_previous_seconds(seen.owner.spec.rollout))
    if history.moved and seen.looked >= history.moved + keep:
        history.moved = None
    if history.halted and not seen.paused:
        history.stood += seen.looked - history.halted
        history.halted = None

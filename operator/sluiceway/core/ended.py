"""Why did Triton end, and is that a failure to load or is the model merely being loaded again?

kubelet does not say whether an earlier run of a container had been ready. The times tell it: the
pod's Ready condition turned false after the start of a run that had come up, and before the start of
one that never did. Both times are of the node's own clock.
"""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.finding import Finding
from sluiceway.core.last_words import last_words

_CAUSES = {
    "OOMKilled": "it was killed for using more memory than runtime.resources allows",
}


def ended(container: Object, unready_since: str) -> Finding | None:
    """Return what the end of Triton's last run means; None when none ended, or when it is up since then.

    *container* is the container's status, *unready_since* when the pod's Ready condition turned false
    (RFC 3339, as kubelet writes every time: in UTC and whole seconds, so that text compares as time).
    """
    state = container.get("state") or {}
    last = state.get("terminated") or (container.get("lastState") or {}).get("terminated")
    if not last or ("running" in state and container.get("started")):
        return None
    # A run that was lost with its node has no start; nothing says that it failed.
    had_come_up = unready_since > (last.get("startedAt") or "")
    if not had_come_up:
        cause = _cause(last, "not ready within runtime.startupSeconds, or killed")
        return _load_failed(f"Triton does not come up with the model: {cause}")
    cause = _cause(last, "killed, or its liveness probe failed")
    # kubelet restarts at once after the first end, and waits only when it has ended before.
    if (state.get("waiting") or {}).get("reason") == "CrashLoopBackOff":
        return _load_failed(f"Triton comes up with the model and ends, again and again: {cause}")
    return Finding(Reason.LOADING, f"the model is loaded again, since Triton ended: {cause}")


def _load_failed(message: str) -> Finding:
    return Finding(Reason.LOAD_FAILED, message, needs_help=True)


def _cause(last: Object, guess: str) -> str:
    said = _CAUSES.get(last.get("reason", "")) or last_words(last.get("message") or "")
    return said or f"it ended with exit code {last.get('exitCode')} and without a word ({guess})"

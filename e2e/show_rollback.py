"""The demo's rollback: what callers see of a revision that fails some of their requests, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from e2e import breach
from e2e.client import Example
from e2e.cluster.progress import say, step
from e2e.load import Answer, Load
from e2e.rolling import Rolling
from e2e.show import AFTER_SECONDS
from tests.support.poll import eventually


def show_rollback(rolling: Rolling, examples: Mapping[str, Example], path: str) -> str:
    """Ask for the model at *path* under load and print how it is taken back; return the revision's name.

    :raises AssertionError: when that does not happen in time, or when a request failed after it.
    """
    with Load(rolling.caller, examples, said=0) as load:
        began = time.time()
        candidate = rolling.apply(path)
        with step(f"{candidate}: asked for -> taken back"):
            told = rolling.eventually(
                f"{candidate} is taken back",
                lambda: rolling.says("RolledBack", "True", "ObjectiveBroken"),
            )
            share = breach.decided(rolling, candidate, told)
            eventually("the load goes on", lambda: load.answers[-1].sent > share.until + AFTER_SECONDS)
    say("")
    for line in timeline(load.answers, share, began, candidate):
        say(line)
    say(f"\n{told}")
    return candidate


def timeline(answers: Sequence[Answer], share: breach.Share, began: float, name: str) -> Iterator[str]:
    """Yield what happened since *began*, a line each, and last the number of bad answers.

    :raises AssertionError: when there is no bad answer.
    """
    bad = breach.bad(answers)
    assert bad, f"{name} was taken back, and no caller had a bad answer"
    happened = [
        (began, f"{name} is asked for"),
        (share.since, "it gets its first share of the requests"),
        (bad[0].received, "the first bad answer"),
        (share.until, "the decision and weight 0, in one write"),
        (bad[-1].received, "the last bad answer"),
    ]
    for at, what in sorted(happened):
        yield f"{at - began:7.1f} s  {what}"
    yield f"callers saw {len(bad):,} bad answers of {len(answers):,}"

"""What ends a command, in one sentence with what to do; and the exit codes that scripts may rely on."""

from __future__ import annotations

from enum import IntEnum

from sluiceway.cli.errors import explain as explained
from sluiceway.ports import ClusterError, Conflict, Refused


class Exit(IntEnum):
    """How a command ended."""

    FINE = 0
    NO = 1
    """What was asked for failed, is refused, or is not so."""
    USAGE = 2
    """The command line is wrong."""
    NOT_SETTLED = 3
    """The time was over before it was decided."""


CODES = (
    "Exit codes: 0 done, or it is so; 1 no: refused, failed, not found, or the API server said no;"
    " 2 the command line is wrong; 3 not settled when --timeout was over; 130 ended by Ctrl-C."
)


class Problem(Exception):  # noqa: N818 - what people read, not what the code stumbled over
    """A command can not go on; says why and what to do."""

    def __init__(self, words: str, code: Exit = Exit.NO) -> None:
        super().__init__(" ".join(words.split()))
        self.code = code


def problem_of(error: ClusterError) -> Problem:
    """Return what people are told of an error of the API server."""
    match error:
        case Refused() if "forbidden" in str(error):
            return Problem(
                f"{error}: ask for the ClusterRole `view` (or `edit`, to change something) in this namespace;"
                " the chart adds ModelDeployments to both. `kubectl auth can-i --list` tells what you may do"
            )
        case Refused() if "no way to the API server" in str(error):
            return Problem(f"{error}: name another kubeconfig with --kubeconfig, or another --context")
        case Conflict():
            return Problem(f"{error}: it was changed meanwhile; look at it and try again")
        case _:
            return Problem(explained(error))

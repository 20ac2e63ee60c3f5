"""Commands of people: annotations that name a revision, its attempt and its step.

`sluiceway.dev/promote: fraud-81d40/1/2` acts once, since the step is another one afterwards; a stale one
does nothing. The operator reads them and never writes or removes them, so Git may hold them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.core.memory import Memory, Outcome

_PARTS = 3


class Command(StrEnum):
    """What a person may ask for."""

    PAUSE = "pause"  # let the clock of the step stand still
    RESUME = "resume"  # let it run again
    PROMOTE = "promote"  # end the step now
    ABORT = "abort"  # take the traffic back and refuse the revision
    RETRY = "retry"  # try a refused revision again

    @property
    def annotation(self) -> str:
        """The annotation that gives the command."""
        return f"{names.GROUP}/{self}"


@dataclass(frozen=True)
class Given:
    """A command as it was given; `text` distinguishes two that name the same."""

    revision: str
    attempt: int
    step: int
    text: str


def given(owner: ModelDeployment, command: Command) -> Given | None:
    """Return the command that *owner* carries; None without one, or when it can not be read."""
    text = owner.metadata.annotations.get(command.annotation, "").strip()
    parts = text.split("/")
    if len(parts) < _PARTS or not (parts[0] and parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    return Given(parts[0], int(parts[1]), int(parts[2]), text)


def command_line(owner: ModelDeployment, command: Command, named: str) -> str:
    """Return what to type to give a command."""
    where = f"{owner.metadata.name} -n {owner.metadata.namespace}"
    return f"kubectl annotate mdep {where} --overwrite {command.annotation}={named}"


def unreadable(owner: ModelDeployment) -> list[str]:
    """Return the annotations that look like commands and name nothing."""
    return [
        command.annotation
        for command in Command
        if owner.metadata.annotations.get(command.annotation) and given(owner, command) is None
    ]


def to_pause(owner: ModelDeployment, named: str) -> str:
    """Return what to write to pause; a resume that names the same must not lift it again."""
    resume = given(owner, Command.RESUME)
    return f"{named}/again" if resume and resume.text == named else named


def to_resume(owner: ModelDeployment, named: str) -> str:
    """Return what to write to lift the pause there is, whatever it has appended."""
    pause = given(owner, Command.PAUSE)
    return pause.text if pause else named


def paused(owner: ModelDeployment, memory: Memory) -> bool:
    """Tell whether the rollout stands still: a pause of this attempt that no later resume has lifted.

    A pause that names an earlier step came late and holds all the same: at night, "stop" means stop.
    """
    pause, resume = given(owner, Command.PAUSE), given(owner, Command.RESUME)
    if pause is None or not _of_attempt(pause, memory) or pause.step > memory.step:
        return False
    if resume is None or not _of_attempt(resume, memory) or resume.step < pause.step:
        return True
    return resume.step == pause.step and resume.text != pause.text


def promoted(owner: ModelDeployment, memory: Memory) -> bool:
    """Tell whether a person ends the step that the candidate is at."""
    promote = given(owner, Command.PROMOTE)
    return promote is not None and _of_attempt(promote, memory) and promote.step == memory.step


def aborted(owner: ModelDeployment, revision: str, attempt: int) -> bool:
    """Tell whether a person ends this attempt of a revision, at whatever step it is by now."""
    abort = given(owner, Command.ABORT)
    return abort is not None and (abort.revision, abort.attempt) == (revision, attempt)


def retried(owner: ModelDeployment, outcome: Outcome) -> bool:
    """Tell whether a person wants a revision tried again after this outcome."""
    retry = given(owner, Command.RETRY)
    return retry is not None and (retry.revision, retry.attempt) == (outcome.revision, outcome.attempt)


def _of_attempt(command: Given, memory: Memory) -> bool:
    return (command.revision, command.attempt) == (memory.candidate, memory.attempt)

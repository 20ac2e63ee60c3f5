"""The tree that `status NAME` prints: a view in, a renderable out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from sluiceway.api.live import ObjectiveFigures
from sluiceway.kubectl import marks
from sluiceway.kubectl.view import Advice, Condition, Pod, Revision, Step, View

_SETTLED = {"Stalled": "False", "Reconciling": "False", "RolledBack": "False", "Available": "True"}
"""What is not worth a line while it is so."""
_QUIET = {"NoCandidate", "NotConfigured", "NotMeasured", "NoGateway", "Settled"}
"""Reasons that say that there is nothing to say."""
_ANNOTATE = re.compile(r"kubectl annotate mdep (\S+) -n (\S+) --overwrite sluiceway\.dev/(\w+)=\S+")
"""What `core.commands.command_line` tells those who have kubectl alone."""


def status_tree(view: View) -> RenderableType:
    """Return all that there is to say of one ModelDeployment."""
    root = Tree(Text.assemble((view.name, "bold"), (f"  {view.namespace}", marks.PLAIN)), guide_style="dim")
    for condition in _telling(view):
        root.add(_condition(view, condition))
    if view.step:
        root.add(Text.assemble("step ", steps(view.step)))
    for revision in view.revisions:
        _add(root, revision)
    notes = [Text(f"note: {note}", marks.PLAIN) for note in _notes(view)]
    return Group(root, *(Padding(note, (1, 0, 0, 0)) for note in notes), *_next(view.next_steps))


def _telling(view: View) -> Iterator[Condition]:
    """Yield the conditions that matter now, and none that only repeats what another has said."""
    said = ""
    for each in view.conditions:
        own = each.message.partition(": ")[2] or each.message
        if _SETTLED.get(each.type) == each.status or each.reason in _QUIET or own in said:
            continue
        said += f"{each.message}\n"
        yield each


def _condition(view: View, each: Condition) -> RenderableType:
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    on_its_way = each.type == "Ready" and not view.failed
    sign = marks.sign("Reconciling" if on_its_way and each.status != "True" else each.type, each.status)
    line.add_row(sign, Text.assemble((each.type, "bold"), f" {each.reason}"), Text(in_short(each.message)))
    return line


def in_short(message: str) -> str:
    """Return a message with the plugin's own commands in place of the annotations that they write."""
    return _ANNOTATE.sub(r"kubectl sluiceway \3 \1 -n \2", message)


def steps(step: Step) -> Text:
    """Return the steps in one line, the one that it is at among them."""
    found = Text(f"{step.at}/{step.of} ", "bold")
    for number, weight in enumerate(step.weights, 1):
        here = number == step.at
        style = "reverse" if here else marks.PLAIN if number > step.at else ""
        found.append(f" {weight} % ", style)
    if step.paused:
        found.append("  paused", marks.BUSY)
    elif step.gate:
        found.append("  waits for a person", marks.BUSY)
    elif step.at:
        found.append(f"  {min(step.elapsed, step.seconds)} of {step.seconds} s")
    return found


def _add(root: Tree, revision: Revision) -> None:
    branch = root.add(revision_line(revision))
    where = " ".join(filter(None, (revision.image, revision.model)))
    branch.add(Text(where, marks.PLAIN, overflow="fold"))
    for objective in revision.objectives:
        branch.add(objective_line(objective))
    for pod in revision.pods:
        branch.add(_pod(pod))


def revision_line(revision: Revision) -> Text:
    """Return name, number, role, share, pods and counts of a revision."""
    line = Text.assemble(
        (revision.name, "bold"),
        (f" #{revision.number}", marks.PLAIN),
        f"  {revision.role}",
        (f"  {revision.weight} %", "bold"),
        style=marks.ROLES[revision.role],
    )
    if revision.attempt > 1:
        line.append(f"  attempt {revision.attempt}")
    line.append(f"  {revision.ready} of {len(revision.pods)} pods ready" if revision.pods else "  no pods")
    if counts := marks.counted(revision.requests, revision.bad):
        line.append(f"  {counts}")
    return line


def objective_line(each: ObjectiveFigures) -> Text:
    """Return an objective with its verdict and the numbers behind it."""
    bound = "" if each.bound is None else f", {each.bound * 100:g} % allowed"
    share = f"{each.bad} of {each.requests} bad{bound}"
    evidence = f"evidence {max(0.0, each.evidence):.1f} of {each.needed:.1f}"
    return Text.assemble(
        f"{each.objective} ",
        marks.verdict(each.verdict),
        f"  {share}; {evidence}",
        (f"  ({each.source})", marks.PLAIN),
    )


def _pod(pod: Pod) -> Text:
    style = marks.GOOD if pod.ready else marks.BUSY
    line = Text.assemble(pod.name, "  ", (pod.state, style))
    if pod.restarts:
        line.append(f"  {pod.restarts} restart{'s' * (pod.restarts > 1)}", marks.BUSY)
    if pod.message:
        line.append(f"  {pod.message}", marks.PLAIN)
    return line


def _notes(view: View) -> Iterator[str]:
    if not view.up_to_date and view.conditions:
        yield "the spec was changed a moment ago; the operator has not looked at it since"
    yield from view.notes


def _next(advice: tuple[Advice, ...]) -> Iterator[RenderableType]:
    if not advice:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for each in advice:
        table.add_row(each.command, each.reason)
    yield Padding(Text("what to do next", marks.PLAIN), (1, 0, 0, 0))
    yield Padding(table, (0, 0, 0, 2))

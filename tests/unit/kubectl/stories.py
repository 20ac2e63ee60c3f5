"""Worlds to steer: the operator and its cluster, and a person with the plugin."""

from __future__ import annotations

import asyncio
from typing import Any

from sluiceway.core.commands import Command
from sluiceway.core.state import State
from sluiceway.kubectl.asking import Asked, ask
from sluiceway.kubectl.seeing import view_of
from sluiceway.kubectl.snapshot import Snapshot, look
from sluiceway.kubectl.view import View
from tests.fakes.objects import NAME, NAMESPACE
from tests.fakes.world import World
from tests.unit.kubectl.api import api_of

STEPS = {"steps": [{"weight": 25, "gate": True}, {"weight": 75, "gate": True}]}
"""Both steps wait for a person."""
NEXT = {"image": "triton:next"}


def snapshot(world: World) -> Snapshot:
    """Return what the plugin reads."""
    return asyncio.run(look(api_of(world), NAMESPACE, NAME, world.now))


def view(world: World) -> View:
    """Return what the plugin shows, what the operator counts included."""
    return view_of(snapshot(world), world.figures())


def asked(world: World, command: Command) -> Asked:
    """Return what the plugin would ask for."""
    return ask(State(snapshot(world).observed), command)


def give(world: World, command: Command) -> Asked:
    """Ask for something by the plugin, and let the operator do it."""
    found = asked(world, command)
    asyncio.run(api_of(world).annotate(NAME, NAMESPACE, {found.annotation: found.value}))
    world.settle()
    return found


def served(**given: Any) -> World:
    """Return a world in which the first revision serves."""
    world = World()
    world.apply(replicas=2, rollout=STEPS, **given)
    world.settle()
    return world


def at_the_gate(**given: Any) -> World:
    """Return a world in which a second revision has its first share and waits for a person."""
    world = served(**given)
    world.apply(replicas=2, runtime=NEXT, rollout=STEPS, **given)
    world.settle()
    assert world.memory.weight == 25
    return world

"""A whole schedule by its number: a random story with all that disturbs it, and its end in peace."""

from __future__ import annotations

from tests.simulation.chance import Dice, Rough
from tests.simulation.demands import Violation
from tests.simulation.doings import Doings
from tests.simulation.rest import check_end, settle
from tests.simulation.simulation import Simulation

TURNS = 40
_OF_METRICS, _OF_SCALING, _OF_BOUNDS = 1_000_000, 2_000_000, 87_000_000
"""What befalls metrics and autoscalers, and who has few places for pods, has a chance of its own.

Others are as they would be without: those that find out broken operators have no bounds.
"""


def play(seed: int) -> None:
    """Play the schedule of this number. Most begin with a model that serves, and a second revision of it.

    :raises Violation: with its story, when something did not hold.
    """
    dice = Dice(seed)
    with Simulation() as simulation:
        doings = Doings(
            dice,
            simulation,
            of_metrics=Dice(seed + _OF_METRICS),
            of_scaling=Dice(seed + _OF_SCALING),
            of_bounds=Dice(seed + _OF_BOUNDS),
        )
        try:
            if dice.falls(0.8):
                settle(simulation)
                doings.people.ask(runtime={"image": "triton:2"})
            simulation.weather = Rough(dice, doings.meanwhile)
            for _ in range(TURNS):
                doings.turn()
            check_end(simulation, doings.people)
        except Violation as error:
            raise Violation(f"seed {seed}: {error}\n{simulation.story}") from error

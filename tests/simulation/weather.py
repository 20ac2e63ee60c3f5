"""What disturbs an operator on its way: nothing here, what a story or chance wants in others."""

from __future__ import annotations

from tests.simulation.connection import Fault


class Weather:
    """Calm, but for what was asked for: each entry of `to_come` befalls the next write that it names."""

    def __init__(self) -> None:
        self.to_come: dict[str, Fault] = {}

    def delay(self) -> int:
        """Return how many others go before a request."""
        return 0

    def no_answer(self) -> bool:
        """Tell whether the API server is too busy for a read."""
        return False

    def fault(self, write: str) -> Fault:
        """Return what befalls a write."""
        named = next((text for text in self.to_come if write.startswith(text)), None)
        return self.to_come.pop(named) if named else Fault.NONE

    def wakes(self) -> bool:
        """Tell whether an operator that stood still wakes up."""
        return False

    def meanwhile(self) -> None:
        """Let others act."""

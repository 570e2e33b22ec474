"""The clock of a replay: it stands at the time of each event, and nothing else moves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def move_to(self, at: datetime) -> None:
        """Let it be `at`."""
        self._traveller.move_to(at, tick=False)


@contextmanager
def stopped_clock(at: datetime) -> Iterator[Clock]:
    """Stop the clock of this process at a time while the block runs."""
    travel = time_machine.travel(at, tick=False)
    try:
        yield Clock(travel.start())
    finally:
        travel.stop()

"""What was read from a label."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Agency(StrEnum):
    """Who issued the identifier."""

    GS1 = "GS1"
    HIBCC = "HIBCC"
    ICCBBA = "ICCBBA"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One scanned label. `raw` is what came; what the label does not say is blank.

    `problem` says why it could not be read; `doubts` what to look at though it could.
    """

    raw: str
    agency: Agency = Agency.UNKNOWN
    di: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    made_on: date | None = None
    problem: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether anything could be read."""
        return not self.problem

    @property
    def gtin(self) -> str:
        """The GTIN-14, where the label is a GS1 one."""
        return self.di if self.agency is Agency.GS1 else ""

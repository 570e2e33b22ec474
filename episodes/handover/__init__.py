"""The handover sheet of a patient: it writes itself from the record, each line with its time."""

from episodes.handover.lines import Line, Section, read, written
from episodes.handover.sheet import sheet_of

__all__ = ["Line", "Section", "read", "sheet_of", "written"]

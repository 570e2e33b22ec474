"""What a device label says: GS1, HIBCC and ICCBBA strings as scanners send them.

A string that cannot be read is kept as it came and says so: what is on the patient is recorded.
"""

from circuits.udi.label import Agency, Label
from circuits.udi.reading import read_label

__all__ = ["Agency", "Label", "read_label"]

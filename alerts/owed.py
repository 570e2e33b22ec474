"""What an app hands to `set_dues`: one thing that is owed, with the rule that says when."""

from dataclasses import dataclass

from clinical.due import Due


@dataclass(frozen=True, slots=True)
class Owed:
    """`kind` is unique within its subject; `source` names the policy the rule was read from."""

    kind: str
    label: str
    due: Due
    owner: str = ""
    source: str = ""
    is_pending: bool = False

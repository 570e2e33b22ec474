"""What can go wrong on somebody's machine, said in one line."""


class Problem(Exception):
    """Something the person at the keyboard can mend. Its text is one line and says how."""

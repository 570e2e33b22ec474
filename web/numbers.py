"""Numbers as people type and read them: comma or point, a true minus, never an unclear "1,234"."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"

_MINUSES = str.maketrans({MINUS: "-", "\N{EN DASH}": "-", "\N{NON-BREAKING HYPHEN}": "-"})
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+", re.ASCII)
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d+)?", re.ASCII)


class UnreadableNumber(ValueError):
    """What was typed is not one clear number; the text says what to type instead."""


def read_number(text: str) -> Decimal:
    """The number that was typed, exactly as keyed.

    One comma or one point is the decimal sign. "1,234" is refused because it can mean 1234 or
    1.234, and the two are a thousandfold apart.
    """
    typed = text.strip().translate(_MINUSES)
    if _THOUSANDS_OR_DECIMALS.fullmatch(typed):
        whole, point = typed.replace(",", ""), typed.replace(",", ".")
        raise UnreadableNumber(f"“{text.strip()}” can mean {whole} or {point}. Type one of these.")
    if _PLAIN.fullmatch(typed):
        return Decimal(typed.replace(",", "."))
    if _GROUPED.fullmatch(typed):
        raise UnreadableNumber("Type the number without thousands separators, for example 1234.5.")
    raise UnreadableNumber("Type only a number, for example 4.2. The unit is already there.")


def show_number(value: object, decimals: int | None = None) -> str:
    """A number for reading: grouped from 1,000, rounded half up, true minus; a dash for nothing.

    Text that holds a number (as in stored documents) is shown as a number, other text unchanged.
    """
    if value is None or value == "":
        return NOTHING
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return NOTHING
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    if number == 0:
        number = abs(number)
    return f"{number:,f}".replace("-", MINUS)

"""Time ranges for constraints: nothing overlaps that cannot."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func


class TsTzRange(Func):
    """`tstzrange(start, end, bounds)`: the time from start up to end, open if either is null."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()

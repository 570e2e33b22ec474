"""The shape of every history table."""

from django.db import models
from pghistory import models as history


class Event(history.Event):
    """One insert, update or delete of one row, with who and which action in `pgh_context`."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True

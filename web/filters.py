"""Filters of lists: declared one by one, named as in the query string."""

from django_filters import rest_framework as filters


class Filters(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """Which rows of a list; a value that cannot be read is refused, not ignored."""

"""What every endpoint shares: its guard, its clock, its rows, pages in a stable order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import IO, Any, ClassVar, cast

from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.exceptions import APIException, MethodNotAllowed, ParseError
from rest_framework.filters import OrderingFilter
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.access import Requires, VisibleTo, row_or_refuse
from accounts.models import User
from accounts.permissions import Permission
from audit.actions import record_accesses
from web.actions.attachments import MOST_BYTES

READING = frozenset({"GET", "HEAD"})
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

NUL = "\x00"
AROUND_A_FILE = 64 * 1024
"""How many bytes the fields beside a file may take, and the lines between them."""


class TooLarge(APIException):
    """The body is larger than any form of ours."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This is too large: an endpoint takes at most 2 MB."
    default_code = "too_large"


class FileTooLarge(APIException):
    """The file is larger than any that is kept."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The file is larger than 10 MB. Send a smaller photo."
    default_code = "too_large"


class StrictJson(JSONParser):
    """JSON that can be stored: no endless nesting, no NUL, no half characters in any text."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Read the body."""
        try:
            body = super().parse(stream, media_type, parser_context)
            is_storable = all(_is_storable(text) for text in _texts(body))
        except RecursionError as too_deep:
            raise ParseError("This is nested too deeply to be read.") from too_deep
        if not is_storable:
            raise ParseError("Some text in this holds characters that cannot be stored.")
        return body


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def _is_storable(text: str) -> bool:
    if NUL in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Ordered(OrderingFilter):
    """`?ordering=` by declared fields; equal rows keep the order of their making."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Sequence[str] | None:
        """Return the ordering asked for, with a last word so that pages never overlap."""
        ordering = super().get_ordering(request, queryset, view)
        return [*ordering, "pk"] if ordering else None


class Endpoint(GenericViewSet[Any]):
    """One kind of row of the API.

    `permissions` maps each action to the right it needs; rows ask for it again in their unit.
    `parents` and `parent_kwarg` name the row that the path runs through, if any. `whose` is the
    dotted path from a row (or from that parent) to the person it tells about: readings of it go
    into the access trail. Blank means that it identifies nobody. What `takes_files` may be as large
    as a file that is kept.
    """

    permission_classes = [Requires]
    parser_classes = [StrictJson]
    filter_backends = [DjangoFilterBackend, Ordered]
    ordering_fields: ClassVar[Sequence[str]] = ()
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    permissions: ClassVar[Mapping[str, Permission]] = {}
    rows: ClassVar[VisibleTo[Any] | None] = None
    parents: ClassVar[VisibleTo[Any] | None] = None
    parent_kwarg: ClassVar[str] = ""
    whose: ClassVar[str] = ""
    takes_files: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown methods and huge bodies before anything is read."""
        if self.action is None and request.method != "OPTIONS":
            raise MethodNotAllowed(str(request.method))
        if request.method in WRITING and self.takes_files:
            if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + AROUND_A_FILE:
                raise FileTooLarge
        elif request.method in WRITING:
            try:
                _ = request._request.body  # noqa: SLF001 - Django checks the size while reading
            except RequestDataTooBig as too_large:
                raise TooLarge from too_large
        super().initial(request, *args, **kwargs)

    @cached_property
    def at(self) -> datetime:
        """The one moment of this request."""
        return timezone.now()

    @property
    def user(self) -> User:
        """Who asks."""
        return cast("User", self.request.user)

    @property
    def permission(self) -> Permission:
        """The right that this action needs."""
        return self.permissions[str(self.action)]

    @cached_property
    def parent(self) -> Any:
        """The row that the path runs through: 404 if not visible, 403 without the right there."""
        if self.parents is None:
            raise TypeError(f"{type(self).__name__} has no parent.")
        lookup = self.kwargs[self.parent_kwarg]
        row = row_or_refuse(self.parents, self.user, self.permission, public_id=lookup)
        if self.request.method in READING:
            self.note_reading([row])
        return row

    @cached_property
    def row(self) -> Any:
        """The row that the path names, in its parent or by itself."""
        lookup = {"public_id": self.kwargs["public_id"]}
        if self.parents is not None:
            return get_object_or_404(self.get_queryset(), **lookup)
        if self.rows is None:
            raise TypeError(f"{type(self).__name__} has no rows of its own.")
        row = row_or_refuse(self.rows, self.user, self.permission, **lookup)
        if self.request.method in READING:
            self.note_reading([row])
        return row

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the user may read."""
        if getattr(self, "swagger_fake_view", False):
            return cast("QuerySet[Any]", getattr(self, "queryset"))  # noqa: B009
        return self.visible_rows()

    def visible_rows(self) -> QuerySet[Any]:
        """Return the rows of the user; endpoints below a parent return the parent's."""
        if self.rows is None:
            raise TypeError(f"{type(self).__name__} has no rows of its own.")
        return self.rows.visible_to(self.user, self.at)

    def read(self, shape: type[BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """Return the body as `shape` reads it; raises ValidationError."""
        serializer = shape(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return cast("dict[str, Any]", serializer.validated_data)

    def presented(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return rows with whatever else the shape of this endpoint shows of them."""
        return rows

    def show(self, row: Any, *, code: int = status.HTTP_200_OK) -> Response:
        """Answer with one row in the shape of this endpoint."""
        (shown,) = self.presented([row])
        return Response(self.get_serializer(shown).data, status=code)

    def find(self, rows: VisibleTo[Any], public_id: object) -> Any:
        """Return a row that the body names: 404 if not visible, 403 without the right there."""
        return row_or_refuse(rows, self.user, self.permission, public_id=public_id)

    def created(self, row: Any) -> Response:
        """Answer 201 with the new row."""
        return self.show(row, code=status.HTTP_201_CREATED)

    def note_reading(self, rows: Iterable[Any]) -> None:
        """Write into the access trail whose records are being read."""
        if not self.whose:
            return
        record_accesses(
            by=self.user,
            at=self.at,
            what=f"API: {self.basename} {self.action}",
            patient_keys=dict.fromkeys(str(attrgetter(self.whose)(row)) for row in rows),
            request_id=getattr(self.request, "id", ""),
        )


class Listed(Endpoint):
    """Rows in pages."""

    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return one page of rows."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        if self.parents is None:
            self.note_reading(page)
        shown = self.get_serializer(self.presented(page), many=True)
        return self.get_paginated_response(shown.data)


class Shown(Endpoint):
    """One row by its public id."""

    def retrieve(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return one row."""
        return self.show(self.row)

"""The laboratory interface: one raw HL7 v2 message in, its acknowledgement out; and the list."""

import logging
from collections.abc import Iterable, Mapping
from typing import IO, Any, ClassVar, cast

import django_filters
from django.db import DatabaseError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Requires
from accounts.models import Centre, User
from accounts.permissions import Permission
from audit.actions import record_accesses
from interop.actions.receive import MAX_BYTES, TOO_LARGE, failure, receive_message, refusal
from interop.models import Message, MessageOutcome, MessageState, QuarantinedObservation
from interop.queries import messages_of, sending_centre
from web.endpoints import Listed
from web.shapes import Instant, Number, Shape

log = logging.getLogger(__name__)

HL7 = "application/hl7-v2"


class RawParser(BaseParser):
    """The body as bytes, read no further than one byte past the cap."""

    media_type = HL7

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, bytes]:
        """Read."""
        return {"raw": cast("bytes", stream.read(MAX_BYTES + 1))}


class RawTextParser(RawParser):
    """The same as plain text."""

    media_type = "text/plain"


class RawVendorParser(RawParser):
    """The same under the name that older interface engines use."""

    media_type = "x-application/hl7-v2+er7"


class AckRenderer(BaseRenderer):
    """An acknowledgement as it is; an error (no right, wrong type) as the JSON of our API."""

    media_type = HL7
    format = "hl7"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Text to bytes."""
        if isinstance(data, str):
            return data.encode()
        return JSONRenderer().render(data, accepted_media_type, renderer_context)


class TextAckRenderer(AckRenderer):
    """The same as plain text."""

    media_type = "text/plain"
    format = "txt"


class Hl7Endpoint(APIView):
    """`POST /api/v1/hl7/`: one ORU^R01, answered AA (kept), AE (fault, see its text) or AR."""

    permission_classes = [Requires]
    permissions: ClassVar[Mapping[str, Permission]] = {"*": Permission.HL7_SEND}
    parser_classes = [RawParser, RawTextParser, RawVendorParser]
    renderer_classes = [AckRenderer, TextAckRenderer, JSONRenderer]
    action = "receive"

    @extend_schema(
        summary="Send one laboratory message",
        description=(
            "One raw HL7 v2 ORU^R01 as the body, UTF-8, segments ended by CR, at most 2 MB. It is "
            "stored before it is answered. AA says that it is kept, not that every value was "
            "filed; the same sender (MSH-3) and control id (MSH-10) again is answered AA again. "
            "AE or AR says in MSA-3 what to change."
        ),
        parameters=[
            OpenApiParameter(
                "centre", str, description="short code, for a sender of several centres"
            )
        ],
        request={HL7: OpenApiTypes.STR, "text/plain": OpenApiTypes.STR},
        responses={(200, HL7): OpenApiTypes.STR},
    )
    def post(self, request: Request) -> Response:
        """Store, answer, file."""
        at, user = timezone.now(), cast("User", request.user)
        centre = sending_centre(user, request.query_params.get("centre", ""), at)
        if centre is None:
            raise PermissionDenied("Name the centre you send for: ?centre=its-short-code.")
        raw = cast("dict[str, bytes]", request.data).get("raw", b"")
        if len(raw) > MAX_BYTES:
            return Response(refusal(TOO_LARGE, centre=centre, at=at))
        return Response(self._answer(raw, user, centre))

    def _answer(self, raw: bytes, user: User, centre: Centre) -> str:
        at = timezone.now()
        try:
            return receive_message(raw=raw, by=user, centre=centre, at=at).ack_text
        except DatabaseError as error:
            log.warning("a laboratory message was not stored: %s", type(error).__name__)
            return failure(centre=centre, at=at)


class ReceiptShape(Shape):
    """One arrival of a message."""

    received_at = Instant()
    ack = serializers.CharField(help_text="AA, AE or AR")
    is_duplicate = serializers.BooleanField()


class QuarantinedShape(Shape):
    """One value that could not be filed."""

    public_id = serializers.UUIDField()
    obx = serializers.IntegerField(help_text="OBX-1")
    code = serializers.CharField()
    reason = serializers.CharField()
    reported = serializers.CharField(help_text="value and unit as sent")
    converted = Number(allow_null=True)
    unit = serializers.CharField(help_text="unit of `converted` (UCUM)")
    resolved_at = Instant(allow_null=True)
    resolution = serializers.CharField()


class MessageShape(Shape):
    """One message and what became of it."""

    public_id = serializers.UUIDField()
    sender = serializers.CharField(help_text="MSH-3")
    control_id = serializers.CharField(help_text="MSH-10")
    received_at = Instant()
    processed_at = Instant(allow_null=True)
    state = serializers.ChoiceField(MessageState.choices)
    outcome = serializers.ChoiceField(MessageOutcome.choices, allow_blank=True)
    error = serializers.CharField()
    patient = serializers.UUIDField(source="patient.public_id", default=None, allow_null=True)
    quarantined = QuarantinedShape(many=True)
    receipts = ReceiptShape(many=True)


class MessageFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """What the list can be narrowed to."""

    outcome = django_filters.ChoiceFilter(choices=MessageOutcome.choices)
    state = django_filters.ChoiceFilter(choices=MessageState.choices)
    control_id = django_filters.CharFilter()
    received_after = django_filters.IsoDateTimeFilter("received_at", "gte")
    received_before = django_filters.IsoDateTimeFilter("received_at", "lte")
    quarantined = django_filters.BooleanFilter(method="with_quarantined")

    class Meta:
        model = Message
        fields: ClassVar[list[str]] = []

    def with_quarantined(
        self,
        rows: QuerySet[Message],
        name: str,  # noqa: ARG002
        value: bool,  # noqa: FBT001 - the signature of a filter method
    ) -> QuerySet[Message]:
        """Messages with values that still wait, or without."""
        unresolved = QuarantinedObservation.objects.filter(message=OuterRef("pk"), resolved_at=None)
        return rows.filter(Exists(unresolved) if value else ~Exists(unresolved))


@extend_schema_view(list=extend_schema(summary="Messages received, newest first"))
class MessageEndpoint(Listed):
    """Laboratory messages of the centres whose interface one works."""

    queryset = Message.objects.none()
    serializer_class = MessageShape
    filterset_class = MessageFilter
    ordering_fields = ("received_at",)
    permissions: ClassVar[Mapping[str, Permission]] = {"list": Permission.HL7_WORK}

    def visible_rows(self) -> QuerySet[Message]:
        """With their values and arrivals, three statements a page."""
        return messages_of(self.user, self.at).prefetch_related("quarantined", "receipts")

    def note_reading(self, rows: Iterable[Message]) -> None:
        """Only messages that found a patient tell about somebody."""
        keys = dict.fromkeys(str(row.patient.public_id) for row in rows if row.patient)
        if keys:
            record_accesses(
                by=self.user,
                at=self.at,
                what="API: laboratory messages",
                patient_keys=keys,
                request_id=getattr(self.request, "id", ""),
            )

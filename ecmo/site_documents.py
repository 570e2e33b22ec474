"""Site data through the API: drafted by one person, approved by another, never changed after."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Centre
from accounts.permissions import Permission
from accounts.queries import centres_of, units_of
from ecmo.site_data import KINDS
from web.actions import approve_document, draft_document
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent
from web.models import SiteDocument
from web.shapes import CentreNameShape, Input, Instant, PersonShape, PlainJson, Shape, Text

P = Permission


class SiteDocumentShape(Shape):
    """One version of one site-owned table."""

    public_id = serializers.UUIDField()
    centre = CentreNameShape()
    kind = serializers.CharField()
    version = serializers.IntegerField()
    body = PlainJson()
    is_fictitious = serializers.BooleanField(help_text="demo content, not for clinical use")
    note = serializers.CharField(help_text="what changed and why")
    drafted_at = Instant()
    drafted_by = PersonShape()
    approved_at = Instant(allow_null=True)
    approved_by = PersonShape(allow_null=True)
    valid_from = Instant(allow_null=True)


class SiteDocumentInput(Input):
    """The next version of a table; its body is checked as its kind asks."""

    centre = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=sorted(KINDS))
    body = PlainJson()
    note = Text(max_length=2000)
    is_fictitious = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a body that the rules could not read."""
        try:
            KINDS[attrs["kind"]](attrs["body"])
        except serializers.ValidationError as unreadable:
            raise serializers.ValidationError({"body": unreadable.detail}) from unreadable
        return attrs


class ApprovalInput(Input):
    """From when the version holds."""

    valid_from = Instant()


class SiteDocumentFilter(Filters):
    """Which versions."""

    centre = django_filters.UUIDFilter(field_name="centre__public_id")
    kind = django_filters.CharFilter()
    is_approved = django_filters.BooleanFilter(
        field_name="approved_at", lookup_expr="isnull", exclude=True
    )


class SiteDocumentEndpoint(Listed, Shown):
    """Limits, policies, protocols and catalogues of the centres in which one works."""

    queryset = SiteDocument.objects.none()
    serializer_class = SiteDocumentShape
    filterset_class = SiteDocumentFilter
    ordering_fields = ("kind", "version", "valid_from")
    permissions: ClassVar[Mapping[str, Permission]] = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "create": P.SITE_DATA_DRAFT,
        "approve": P.SITE_DATA_APPROVE,
    }

    def visible_rows(self) -> QuerySet[SiteDocument]:
        """Every version of those centres."""
        of_units = units_of(self.user, P.CATALOGUE_VIEW, self.at).values("centre")
        of_centres = centres_of(self.user, P.CATALOGUE_VIEW, self.at).values("pk")
        rows = SiteDocument.objects.filter(Q(centre__in=of_units) | Q(centre__in=of_centres))
        related = rows.select_related("centre", "drafted_by", "approved_by")
        return related.order_by("kind", "-version", "pk")

    @property
    def row(self) -> SiteDocument:
        """The version that the path names."""
        rows: QuerySet[SiteDocument] = self.get_queryset()
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    @extend_schema(request=SiteDocumentInput, responses={201: SiteDocumentShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Draft the next version; nothing holds before a second person approves it."""
        facts = self.read(SiteDocumentInput)
        facts["centre"] = self._centre(facts["centre"])
        return self.created(draft_document(**facts, by=self.user, at=self.at))

    @extend_schema(request=ApprovalInput, responses=SiteDocumentShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def approve(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Put a draft in force; 409 `needs_second_person` for who drafted it."""
        document = self.row
        self._centre(document.centre.public_id)
        facts = self.read(ApprovalInput)
        return self.show(approve_document(document=document, **facts, by=self.user, at=self.at))

    def _centre(self, public_id: object) -> Centre:
        centres = centres_of(self.user, self.permission, self.at)
        centre = centres.filter(public_id=str(public_id)).first()
        if centre is None:
            raise serializers.ValidationError(
                {"centre": "This is no centre for the whole of which you may do that."}
            )
        return centre

"""Photos of the parts of a run through the API: the label, a clot, a damage."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.photos import add_photo
from circuits.api.base import OfRun
from circuits.models import ComponentUse, PartPhoto
from circuits.queries import uses_of
from web.endpoints import Listed, Shown
from web.idempotency import idempotent
from web.shapes import EnteredShape, Input

P = Permission


class PhotoShape(EnteredShape):
    """One photo of a part; the picture itself is under `file/`."""

    kind = serializers.ChoiceField(choices=PartPhoto.Kind.choices)
    media_type = serializers.CharField(source="attachment.media_type")
    size = serializers.IntegerField(source="attachment.size", help_text="bytes")
    sha256 = serializers.CharField(source="attachment.sha256")


class PhotoInput(Input):
    """A photo, as the camera made it: place and device are taken out of it."""

    file = serializers.FileField(help_text="JPEG or PNG, at most 10 MB")
    kind = serializers.ChoiceField(choices=PartPhoto.Kind.choices, default=PartPhoto.Kind.OTHER)


class PhotoEndpoint(OfRun, Listed, Shown):
    """The photos of one part of a run."""

    queryset = PartPhoto.objects.none()
    serializer_class = PhotoShape
    parser_classes = [MultiPartParser]
    takes_files = True
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "retrieve": P.PATIENT_VIEW,
        "create": P.CHECK_RECORD,
        "file": P.PATIENT_VIEW,
    }

    def visible_rows(self) -> QuerySet[PartPhoto]:
        """Of the part that the path names."""
        rows: QuerySet[PartPhoto] = self.part().photos.select_related("attachment", "entered_by")
        return rows

    def part(self) -> ComponentUse:
        """Return the part of the run that the path names."""
        use = uses_of(self.parent).filter(public_id=self.kwargs["component_id"]).first()
        if use is None:
            raise Http404("This run has no such component.")
        return use

    @extend_schema(request={"multipart/form-data": PhotoInput}, responses={201: PhotoShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Keep a photo with the part. 400 `file_refused` says what is wrong with it."""
        use, facts = self.part(), self.read(PhotoInput)
        photo = add_photo(
            use=use,
            name=facts["file"].name,
            content=facts["file"].read(),
            kind=facts["kind"],
            by=self.user,
            at=self.at,
        )
        return self.created(photo)

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Return the picture."""
        kept = self.row.attachment
        return HttpResponse(bytes(kept.content), content_type=kept.media_type)

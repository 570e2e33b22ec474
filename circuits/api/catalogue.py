"""The catalogue of devices through the API."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.access import working_centres
from circuits.actions.catalogue import acknowledge_labels, list_model, set_label
from circuits.api.part_shapes import (
    CatalogueShape,
    DeviceLabelInput,
    DeviceModelInput,
    LabelsReadInput,
)
from circuits.models import ComponentKind, DeviceModel
from web.endpoints import Listed, Shown
from web.filters import Filters
from web.idempotency import idempotent

P = Permission


class DeviceModelFilter(Filters):
    """Which products."""

    kind = django_filters.ChoiceFilter(choices=ComponentKind.choices)
    gtin = django_filters.CharFilter()
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains")


class DeviceModelEndpoint(Listed, Shown):
    """The catalogue of devices: the same for all units."""

    queryset = DeviceModel.objects.none()
    serializer_class = CatalogueShape
    filterset_class = DeviceModelFilter
    ordering_fields = ("kind", "name")
    permissions: ClassVar = {
        "list": P.CATALOGUE_VIEW,
        "retrieve": P.CATALOGUE_VIEW,
        "create": P.CATALOGUE_EDIT,
        "label": P.CATALOGUE_EDIT,
        "labels_read": P.CATALOGUE_EDIT,
    }

    def visible_rows(self) -> QuerySet[DeviceModel]:
        """All of them."""
        return DeviceModel.objects.prefetch_related("labels").order_by("kind", "name", "pk")

    @property
    def row(self) -> DeviceModel:
        """The product that the path names."""
        return get_object_or_404(DeviceModel, public_id=self.kwargs["public_id"])

    @extend_schema(request=DeviceModelInput, responses={201: CatalogueShape})
    @idempotent
    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Put a product into the catalogue."""
        facts = self.read(DeviceModelInput)
        return self.created(list_model(**facts, by=self.user, at=self.at))

    @extend_schema(request=DeviceLabelInput, responses=CatalogueShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def label(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what its label says of hours in a market."""
        model = self.row
        set_label(model=model, label=self.read_label(), by=self.user, at=self.at)
        return self.show(model)

    @extend_schema(request=LabelsReadInput, responses=CatalogueShape)
    @action(detail=True, methods=["post"], url_path="labels-read")
    @idempotent
    def labels_read(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Note that a centre has read what its labels say of hours; once."""
        model, facts = self.row, self.read(LabelsReadInput)
        centres = working_centres(self.user, self.permission, self.at)
        centre = centres.filter(public_id=facts["centre"]).first()
        if centre is None:
            raise ValidationError({"centre": "This is no centre in which you may do that."})
        acknowledge_labels(model=model, centre=centre, by=self.user, at=self.at)
        return self.show(model)

    def read_label(self) -> Any:
        """Return the label of the body."""
        return self.read(DeviceLabelInput)

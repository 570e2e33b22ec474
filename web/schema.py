"""How the API describes itself: keys of creates, and problem details for what goes wrong."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from web.idempotency import HEADER
from web.shapes import Shape

PROBLEM = "application/problem+json"

KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of 1 to 80 characters, new for each request. Sent again with the same "
    "key and body the request is not done again: the first answer comes back with status 200.",
    examples=[],
)


class ErrorItemShape(Shape):
    """One thing that is wrong."""

    parameter = serializers.CharField()
    rule = serializers.CharField()
    message = serializers.CharField()
    answer = serializers.CharField(
        required=False, help_text="what the button says that confirms it"
    )


class ProblemShape(Shape):
    """What went wrong, and what to do next (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="a sentence that can be shown")
    code = serializers.CharField()
    errors = ErrorItemShape(many=True, required=False)  # type: ignore[assignment]  # a field


class Schema(AutoSchema):
    """Our operations: with the key of a create, and with problem details for what goes wrong."""

    def get_override_parameters(self) -> list[Any]:
        """Add the idempotency key where it is read."""
        handler = getattr(self.view, getattr(self.view, "action", None) or "", None)
        given: Sequence[Any] = super().get_override_parameters()
        return [*given, KEY] if getattr(handler, "is_idempotent", False) else [*given]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction=direction)
        answer: Any = self._get_response_for_code
        problem = answer(ProblemShape, "default", media_types=[PROBLEM])
        return {**bodies, "default": problem}


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]  # its registry is untyped
    """Our tokens are knox's."""

    target_class = "accounts.tokens.TokenAuthentication"

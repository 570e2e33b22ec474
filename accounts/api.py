"""Sign in and out of the API by token."""

from typing import Any, cast

from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import SignedIn
from accounts.models import User
from accounts.tokens import TokenAuthentication


class LockedOut(APIException):
    """Too many failed attempts from one place for one name."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = "Too many failed attempts. Wait a quarter of an hour, or ask an administrator."
    default_code = "locked_out"


class LoginInput(serializers.Serializer[Any]):
    """Who signs in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class SignedInShape(serializers.Serializer[Any]):
    """Who signed in."""

    public_id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")


class LoginView(APIView):
    """A token for twelve hours; send it as `Authorization: Token ...`."""

    permission = "public"
    authentication_classes = ()
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="auth_login",
        request=LoginInput,
        responses=inline_serializer(
            "Login",
            {
                "token": serializers.CharField(),
                "expiry": serializers.DateTimeField(),
                "user": SignedInShape(),
            },
        ),
    )
    def post(self, request: Request) -> Response:
        """Sign in; 401 for a wrong name or password, 429 after too many."""
        shape = LoginInput(data=request.data)
        shape.is_valid(raise_exception=True)
        user = self._authenticated(request, shape.validated_data)
        self._make_room(user)
        instance, token = AuthToken.objects.create(user=user)
        return Response(
            {"token": token, "expiry": instance.expiry, "user": SignedInShape(user).data}
        )

    def get_authenticate_header(self, request: Request) -> str:
        """Make a wrong password 401: it is not a matter of rights."""
        return str(TokenAuthentication().authenticate_header(request))

    def _make_room(self, user: Any) -> None:
        """Sweep out lapsed tokens; of too many the oldest go, so that no machine locks itself out."""
        tokens = user.auth_token_set
        tokens.filter(expiry__lte=timezone.now()).delete()
        limit = knox_settings.TOKEN_LIMIT_PER_USER
        too_many = tokens.order_by("-created", "-pk").values_list("pk", flat=True)[limit - 1 :]
        tokens.filter(pk__in=list(too_many)).delete()

    def _authenticated(self, request: Request, names: dict[str, str]) -> Any:
        plain = cast("Any", request)._request  # noqa: SLF001 - axes marks Django's own request
        user = authenticate(plain, **names)
        if getattr(plain, "axes_locked_out", False):
            plain.axes_locked_out = False  # or its middleware answers with a page
            raise LockedOut
        if not isinstance(user, User):
            raise AuthenticationFailed("The user name or the password is wrong.")
        return user


class LogoutView(APIView):
    """The end of a token."""

    permission = "signed in"
    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]

    @extend_schema(operation_id="auth_logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign out: the token that was sent is worth nothing afterwards."""
        cast("AuthToken", request.auth).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

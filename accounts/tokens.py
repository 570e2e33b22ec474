"""How a token of the API is known."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]  # knox ships no types
    """Tokens as knox keeps them. Signing in sweeps old ones out, so that no request has to look."""

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Say whether the token that was sent has lapsed."""
        return auth_token.expiry is not None and auth_token.expiry <= timezone.now()

"""Where one lands after signing in: the first page that one's role has."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import UserRequest, signed_in
from ecmo.context import first_page


@signed_in
def home(request: UserRequest) -> HttpResponse:
    """Go to the board, or to what stands first for those who see no patients."""
    return redirect(first_page(request))

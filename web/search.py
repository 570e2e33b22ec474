"""What somebody searches for, kept out of every address.

Names and numbers of patients do not belong into histories, bookmarks and logs: the words are sent
in the body, kept in the session, and the address bears only a token for them.
"""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

WORDS, TOKEN = "q", "found"
LONGEST = 200
KEPT = 8
_IN_SESSION = "searches"
_NUL = "\x00"


def typed_words(request: HttpRequest) -> str:
    """Return the words that came in the address of a list that identifies no patient."""
    return _clean(request.GET.get(WORDS, ""))


def sought(request: HttpRequest) -> str:
    """Return the words that a page of results is about; blank if there are none."""
    kept: dict[str, str] = request.session.get(_IN_SESSION, {})
    return kept.get(request.GET.get(TOKEN, ""), "") or typed_words(request)


def keep_search(request: HttpRequest, to: str) -> HttpResponse:
    """Keep the words that were sent and go on to their results at `to`. The newest few are kept."""
    words = _clean(request.POST.get(WORDS, ""))
    if not words:
        return redirect(to)
    token = secrets.token_hex(8)
    kept: dict[str, str] = {**request.session.get(_IN_SESSION, {}), token: words}
    request.session[_IN_SESSION] = dict(list(kept.items())[-KEPT:])
    return redirect(f"{to}?{TOKEN}={token}")


def _clean(words: str) -> str:
    return words.replace(_NUL, "").strip()[:LONGEST]

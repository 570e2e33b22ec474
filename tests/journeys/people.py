"""People who sign in with their password and work through pages; machines who send with a token."""

import re
from html import unescape
from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from tests.factories import PASSWORD
from web.once import KEY

KEYS = {KEY, "referral"}
"""Hidden keys that make a form harmless when it is sent twice; a referral's is its own row's."""


class Person:
    """Somebody at a browser."""

    def __init__(self, user, client=None):
        self.client = client or Client(raise_request_exception=False)
        answer = self.client.post(
            reverse("account_login"), {"login": user.username, "password": PASSWORD}
        )
        assert answer.status_code == 302, "the login was refused"

    def opens(self, url, **query):
        """Return the answer of a page."""
        return self.client.get(url, query)

    def fills(self, url, **typed):
        """Open a form, and return what would be sent: its hidden key, its choices, what was typed."""
        answer = self.opens(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return {**filled_in(answer.content.decode(), url), **typed}

    def saves(self, url, **typed):
        """Fill a form in and send it."""
        return self.client.post(url, self.fills(url, **typed))


def machine(user):
    """A client of the API that has a token of this user."""
    _, token = AuthToken.objects.create(user=user)
    return APIClient(headers={"authorization": f"Token {token}"}, raise_request_exception=False)


def filled_in(html, url=""):
    """Return what a browser would send of the page's entry form, the one that goes to `url`."""
    reader = _Reader()
    reader.feed(html)
    sent = zip(reader.actions, reader.forms, strict=True)
    forms = [form for form in sent if KEYS & form[1].keys()]
    (form,) = [form for action, form in forms if len(forms) == 1 or action == url]
    return form


class _Reader(HTMLParser):
    """Reads the values of every form of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self.actions, self._select, self._textarea = [], [], None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "form":
            self.forms.append({})
            self.actions.append(attrs.get("action"))
        elif not self.forms:
            return
        elif tag == "input" and name and _is_sent(attrs):
            self.forms[-1][name] = attrs.get("value") or ""
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            self.forms[-1][name] = ""
        elif tag == "option" and self._select and _is_chosen(attrs, self.forms[-1], self._select):
            self.forms[-1][self._select] = attrs.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            self.forms[-1][self._textarea] += data.removeprefix("\n")


def _is_sent(attrs):
    return attrs.get("type") not in {"radio", "checkbox"} or "checked" in attrs


def _is_chosen(attrs, form, name):
    return "selected" in attrs or name not in form


def said(answer):
    """Return the sentences of refusal of a page."""
    found = re.findall(
        r'class="errorlist[^"]*"[^>]*>(.*?)</ul>', answer.content.decode(), re.DOTALL
    )
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", part).strip() for part in found))

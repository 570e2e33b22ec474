"""What goes wrong, said so that the reader knows what to do next (RFC 9457 in the API)."""

from typing import Any, NotRequired, TypedDict

from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

ON_FILE = "This is on file already, under the same public_id. Fetch it instead of sending it again."
PROBLEM_JSON = "application/problem+json"


class ErrorItem(TypedDict):
    """One thing that is wrong: which field or parameter, which rule, and a sentence."""

    parameter: str
    rule: str
    message: str
    answer: NotRequired[str]
    """What the one button says that confirms it; without, it is a box to tick."""


class RuleBroken(Exception):
    """A rule of the ward or of the record refuses this. The text is shown to the user."""

    code = "rule_broken"
    title = "This cannot be done as it stands"
    status = 409

    def __init__(self, message: str, *, errors: list[ErrorItem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors or []


class NeedsConfirmation(RuleBroken):
    """A fact is asked back: sent again with those parameters confirmed, it is accepted."""

    code = "needs_confirmation"
    title = "Please look again and confirm"


class AlreadyStored(RuleBroken):
    code = "already_stored"
    title = "This is stored already"


class Impossible(RuleBroken):
    code = "impossible"
    title = "The record cannot hold this"


def refused_by_database(exc: IntegrityError | DataError) -> RuleBroken:
    """Say which of the record's rules the database upheld: constraints are named for what holds."""
    name = getattr(getattr(exc.__cause__, "diag", None), "constraint_name", None) or ""
    if "public_id" in name:
        return AlreadyStored(
            ON_FILE, errors=[{"parameter": "public_id", "rule": "taken", "message": ON_FILE}]
        )
    rule = " ".join(name.split("_")[2:]) or "a number or text is too large for its place"
    return Impossible(
        f"Nothing was saved, because this must hold: {rule}. Check times and numbers.",
        errors=[{"parameter": "", "rule": name or "too_large", "message": rule}],
    )


def problem(
    *, status: int, title: str, detail: str, code: str, errors: list[ErrorItem] | None = None
) -> Response:
    """Return a problem-details response."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type=PROBLEM_JSON)


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn every error of the API into problem details. Used as DRF's EXCEPTION_HANDLER."""
    if isinstance(exc, IntegrityError | DataError):
        exc = refused_by_database(exc)
    if isinstance(exc, RuleBroken):
        return problem(
            status=exc.status, title=exc.title, detail=exc.message, code=exc.code, errors=exc.errors
        )
    exc = _as_api_exception(exc)
    response = exception_handler(exc, context)
    if response is None or not isinstance(exc, APIException):
        return response
    answer = _unreadable(exc) if isinstance(exc, exceptions.ValidationError) else _said(exc)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response.headers:
            answer[header] = response.headers[header]
    return answer


def _as_api_exception(exc: Exception) -> Exception:
    if isinstance(exc, Http404):
        return exceptions.NotFound(
            str(exc) or "There is no such record, or it is not yours to see."
        )
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied(str(exc) or None)
    return exc


def _unreadable(exc: exceptions.ValidationError) -> Response:
    errors = list(_flatten(exc.get_full_details()))
    return problem(
        status=400,
        title="Some of this cannot be read",
        detail=" ".join(dict.fromkeys(error["message"] for error in errors)),
        code="invalid",
        errors=errors,
    )


def _said(exc: APIException) -> Response:
    return problem(
        status=exc.status_code,
        title=str(exc.default_detail),
        detail=str(exc.detail),
        code=str(getattr(exc.detail, "code", exc.default_code)),
    )


def _flatten(details: Any, path: str = "") -> "list[ErrorItem]":
    """Turn DRF's nested error details into one list, each with the path of its field."""
    if isinstance(details, dict) and {"message", "code"} == set(details):
        return [
            ErrorItem(parameter=path, rule=str(details["code"]), message=str(details["message"]))
        ]
    if isinstance(details, dict):
        pairs = [(str(key), value) for key, value in details.items()]
    else:
        pairs = [
            ("" if isinstance(value, dict) and "message" in value else str(index), value)
            for index, value in enumerate(details)
        ]
    return [
        item
        for key, value in pairs
        for item in _flatten(value, ".".join(part for part in (path, key) if part))
    ]

"""What is answered when a request reaches no view, or when one fails: a page, or in the API a problem."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import defaults

from web.problems import PROBLEM_JSON, problem

API = "/api/"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say that the form was open for too long, and that nothing was saved."""
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request could not be read."""
    if request.path.startswith(API):
        return _problem(HTTPStatus.BAD_REQUEST, "This request cannot be read. Nothing was saved.")
    return defaults.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing stands at an address."""
    if request.path.startswith(API):
        detail = "Nothing stands at this address. The schema under /api/v1/schema/ lists them all."
        return _problem(HTTPStatus.NOT_FOUND, detail)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours; what happened stands in the log, not in the answer."""
    if request.path.startswith(API):
        detail = (
            "The fault is ours and has been noted. What was sent was not saved: send it again with "
            "the same Idempotency-Key."
        )
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    return defaults.server_error(request)


def _problem(status: HTTPStatus, detail: str) -> HttpResponse:
    code = status.name.lower()
    body = problem(status=status, title=status.phrase, detail=detail, code=code).data
    return JsonResponse(body, status=status, content_type=PROBLEM_JSON)

"""Speaks to the REST API in process, as a person who signs in, or as the laboratory's system."""

from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any

from rest_framework.test import APIClient

from ecmo.cases.loading import Row
from ecmo.cases.staff import PASSWORD

API = "/api/v1/"
HL7 = "application/hl7-v2"
PAGE = 500


class Refused(Exception):
    """The API did not do what was asked. `status` and `problem` are its answer."""

    def __init__(self, request: str, status: int, problem: Row) -> None:
        super().__init__(f"{request} -> {status} {problem.get('detail') or problem}")
        self.status = status
        self.problem = problem

    @property
    def errors(self) -> list[Row]:
        """What is wrong, one for each parameter."""
        return list(self.problem.get("errors", ()))


@dataclass(slots=True)
class Client:
    """Signs each person in when they first do something, and again when their token is too old."""

    tokens: dict[str, str] = field(default_factory=dict)
    _keys: Any = field(default_factory=count)
    _wire: APIClient = field(default_factory=lambda: APIClient(raise_request_exception=False))

    def get(self, who: str, path: str, **query: Any) -> Row:
        """Read one thing. Raises Refused."""
        return self._ask(who, "get", path, query)

    def rows(self, who: str, path: str, **query: Any) -> list[Row]:
        """Read a whole list, page by page. Raises Refused."""
        rows: list[Row] = []
        for page in count(1):
            answer = self.get(who, path, **query, page=page, page_size=PAGE)
            rows += answer["results"]
            if not answer.get("next"):
                break
        return rows

    def post(self, who: str, path: str, body: Row) -> Row:
        """Do something. Raises Refused."""
        return self._ask(who, "post", path, body)

    def put(self, who: str, path: str, body: Row) -> Row:
        """Write something whole. Raises Refused."""
        return self._ask(who, "put", path, body)

    def patch(self, who: str, path: str, body: Row) -> Row:
        """Change a part of something. Raises Refused."""
        return self._ask(who, "patch", path, body)

    def insist(self, who: str, path: str, body: Row) -> Row:
        """Do something, and confirm whatever is asked back: it was so. Raises Refused."""
        try:
            return self.post(who, path, body)
        except Refused as asked:
            if asked.problem.get("code") != "needs_confirmation":
                raise
            confirmed = [*body.get("confirmed", ()), *(one["parameter"] for one in asked.errors)]
        return self.post(who, path, {**body, "confirmed": confirmed})

    def send_message(self, who: str, raw: str) -> str:
        """Send an HL7 message as the laboratory's system; return the acknowledgement code."""
        answer = self._signed_in(who, "post", "hl7/", raw.encode(), content_type=HL7)
        if answer.status_code != HTTPStatus.OK:
            raise Refused("post hl7/", answer.status_code, _body(answer))
        segments = answer.content.decode().replace("\n", "\r").split("\r")
        msa = next(segment for segment in segments if segment.startswith("MSA"))
        return str(msa.split(msa[3])[1])

    def _ask(self, who: str, verb: str, path: str, body: Any) -> Row:
        answer = self._signed_in(who, verb, path, body)
        content = _body(answer)
        if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise Refused(f"{verb} {path}", answer.status_code, content)
        return content

    def _signed_in(self, who: str, verb: str, path: str, body: Any, **more: Any) -> Any:
        if who not in self.tokens:
            self._sign_in(who)
        answer = self._call(who, verb, path, body, **more)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._sign_in(who)
            answer = self._call(who, verb, path, body, **more)
        return answer

    def _call(self, who: str, verb: str, path: str, body: Any, **more: Any) -> Any:
        headers = {"Authorization": f"Token {self.tokens[who]}"}
        if verb == "post":
            headers["Idempotency-Key"] = f"case-{next(self._keys)}"
        return getattr(self._wire, verb)(f"{API}{path}", body, headers=headers, **more)

    def _sign_in(self, who: str) -> None:
        body = {"username": who, "password": PASSWORD}
        answer = self._wire.post(f"{API}auth/login/", body)
        if answer.status_code != HTTPStatus.OK:
            raise Refused("post auth/login/", answer.status_code, _body(answer))
        self.tokens[who] = answer.json()["token"]


def _body(answer: Any) -> Row:
    """Return the answer's JSON, or that it is none."""
    try:
        content = answer.json()
    except ValueError:
        return {"detail": f"not JSON but {answer.headers.get('Content-Type', 'nothing')}"}
    return content if isinstance(content, dict) else {"results": content}

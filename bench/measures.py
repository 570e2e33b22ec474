"""What is measured, each against its floor, in interleaved blocks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.data import TREND_MEASURES, Ward, check_body
from bench.floors import Floors
from bench.load import Times, Wire, loop
from bench.server import Server
from bench.years import CHANGES, RUNS_A_LOT, Years
from patients.models import Run

BLOCKS = 5
PAGE = 20
"""The most that a page of many rows may take, in times of its raw SQL: as a save over an empty view."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio with its target, and the numbers that it comes from."""

    name: str
    ours: float
    floor: float
    target: float
    unit: str = "ms"
    is_gate: bool = False

    @property
    def ratio(self) -> float:
        """Ours over the floor; for a count, the count itself."""
        return self.ours / self.floor if self.floor else self.ours

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.ratio <= self.target


class Bench:
    """A ward, a server on it, and its floors."""

    def __init__(self, ward: Ward, server: Server, floors: Floors) -> None:
        self.ward, self.server, self.floors = ward, server, floors
        self.wire = Wire(server.port)
        self.cookie = {"Cookie": ward.session()}
        self.token = {
            "Authorization": f"Token {ward.token()}",
            "Content-Type": "application/json",
        }
        self.local = threading.local()

    def every(self) -> Iterator[Figure]:
        """Measure one thing after the other."""
        for clients, times in ((1, 60), (4, 40)):
            yield from self._check(clients, times)
        yield self._check_statements()
        yield from self._page("board, 30 patients", self._opens("/"), self._floor_board, 5, 20)
        yield self._statements("board", "/", 8)
        yield from self._page("30-day trend x 30 values", self._trend, self._floor_trend, 3, 10)
        yield from self._page("search in 20,000 patients", self._search, self._floor_search, 5, 40)

    def after_years(self, years: Years) -> Iterator[Figure]:
        """Measure again, and what lists parts, with years of runs behind the ward."""
        run, recall = years.long, years.recall
        passport, trace = self._passport_of(run), f"/recalls/{recall.public_id}/"
        after = f"after {len(years.ended):,} runs"
        yield from self._page(f"board, {after}", self._opens("/"), self._floor_board, 5, 20)
        yield self._statements(f"board, {after}", "/", 8)
        for name, path, floor in (
            (f"passport of {CHANGES} parts", passport, lambda _: self.floors.passport(run.pk)),
            (f"trace to {RUNS_A_LOT + 1} runs", trace, lambda _: self.floors.trace(recall.pk)),
        ):
            yield from self._page(name, self._opens(path), floor, PAGE, 10)
        small = self._statements_of(self._passport_of(years.ended[0]))
        yield self._statements(f"passport of {CHANGES} parts", passport, small)
        small = self._statements_of(f"/recalls/{years.small_recall.public_id}/")
        yield self._statements(f"trace to {RUNS_A_LOT + 1} runs", trace, small)

    def _check(self, clients: int, times: int) -> Iterator[Figure]:
        ours, floor = Times(), Times()
        cpu = hello = 0.0
        for _ in range(BLOCKS):
            floor.blocks.append(loop(self._transaction, clients=clients, times=times))
            before = self.server.cpu_ms()
            ours.blocks.append(loop(self._save, clients=clients, times=times))
            middle = self.server.cpu_ms()
            loop(self._hello, clients=clients, times=times * 5)
            cpu += middle - before
            hello += (self.server.cpu_ms() - middle) / 5
        name = f"check saved, {clients} client{'s' if clients > 1 else ''}"
        yield Figure(f"{name}, p50", ours.p(0.5), floor.p(0.5), 12)
        yield Figure(f"{name}, p95", ours.p(0.95), floor.p(0.95), 12)
        count = clients * times * BLOCKS
        yield Figure(f"{name}, CPU", cpu / count, hello / count, 20, "CPU-ms", is_gate=True)

    def _page(
        self,
        name: str,
        act: Callable[[int], None],
        floor_act: Callable[[int], object],
        target: float,
        times: int,
    ) -> Iterator[Figure]:
        ours, floor = Times(), Times()
        for _ in range(BLOCKS):
            floor.blocks.append(loop(floor_act, clients=1, times=times))
            ours.blocks.append(loop(act, clients=1, times=times))
        yield Figure(f"{name}, p50", ours.p(0.5), floor.p(0.5), target)
        yield Figure(f"{name}, p95", ours.p(0.95), floor.p(0.95), target)

    def _check_statements(self) -> Figure:
        client = Client()
        run = self.ward.runs[2]
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(
                f"/api/v1/runs/{run.public_id}/checks/",
                json.dumps(check_body(self._now())),
                content_type="application/json",
                headers={
                    "Authorization": self.token["Authorization"],
                    "Idempotency-Key": str(uuid4()),
                },
            )
        if answer.status_code >= 400:  # noqa: PLR2004 -- an error
            raise RuntimeError(str(answer.content[:300]))
        return Figure("check saved, statements", _count(queries), 0, 20, "", is_gate=True)

    def _statements(self, name: str, path: str, most: int) -> Figure:
        return Figure(f"{name}, statements", self._statements_of(path), 0, most, "", is_gate=True)

    def _statements_of(self, path: str) -> int:
        client = Client()
        client.force_login(
            self.ward.user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return _count(queries)

    def _passport_of(self, run: Run) -> str:
        return f"/runs/{run.public_id}/passport/"

    def _opens(self, path: str) -> Callable[[int], None]:
        def opens(_: int) -> None:
            self.wire.ask("GET", path, headers=self.cookie)

        return opens

    def _transaction(self, _: int) -> None:
        if not hasattr(self.local, "connection"):
            self.local.connection = self.floors.connect()
        self.floors.transaction(self.local.connection, str(uuid4()), self._now())

    def _save(self, turn: int) -> None:
        run = self.ward.runs[1 + turn % (len(self.ward.runs) - 1)]
        self.wire.ask(
            "POST",
            f"/api/v1/runs/{run.public_id}/checks/",
            body=json.dumps(check_body(self._now())).encode(),
            headers={**self.token, "Idempotency-Key": str(uuid4())},
        )

    def _hello(self, _: int) -> None:
        self.wire.ask("GET", "/healthz", headers={})

    def _floor_board(self, _: int) -> None:
        self.floors.board(self.ward.at)

    def _trend(self, _: int) -> None:
        run = self.ward.runs[0]
        query = urlencode([("window", "run"), *(("measure", code) for code in TREND_MEASURES)])
        self.wire.ask("GET", f"/runs/{run.public_id}/trends.json?{query}", headers=self.cookie)

    def _floor_trend(self, _: int) -> None:
        self.floors.trend(self.ward.runs[0].pk, self.ward.runs[0].started_at)

    def _search(self, turn: int) -> None:
        self.wire.ask("GET", f"/patients/?q=haugen{turn % 100}", headers=self.cookie)

    def _floor_search(self, turn: int) -> None:
        self.floors.search(f"haugen{turn % 100}")

    def _now(self) -> datetime:
        return self.ward.at + timedelta(seconds=0)


def _count(queries: CaptureQueriesContext) -> int:
    """Count statements without the savepoints and transaction ends around them."""
    silent = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(silent) for query in queries.captured_queries)


def pdf(render: Callable[[], bytes], floors: Floors) -> Figure:
    """Measure a twelve-page document against one with a single word, in CPU seconds."""
    floors.empty_pdf()
    ours, floor = [], []
    for _ in range(3):
        floor.append(_cpu_ms(floors.empty_pdf))
        ours.append(_cpu_ms(render))
    return Figure("12-page PDF", min(ours), min(floor), 250, "CPU-ms", is_gate=True)


def _cpu_ms(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1000

"""A closed loop of clients, and what their answers took."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

OK = 400


@dataclass(slots=True)
class Times:
    """Milliseconds of single answers, block by block."""

    blocks: list[list[float]] = field(default_factory=list)

    def p(self, share: float) -> float:
        """Return a percentile: the median over the blocks of each block's own."""
        return statistics.median(_percentile(block, share) for block in self.blocks)


def _percentile(block: list[float], share: float) -> float:
    ordered = sorted(block)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def loop(act: Callable[[int], object], *, clients: int, times: int) -> list[float]:
    """Let each client act `times` times, all at once; return what each act took."""
    taken: list[float] = []
    lock = threading.Lock()

    def client(number: int) -> None:
        mine = []
        for turn in range(times):
            start = time.perf_counter()
            act(number * times + turn)
            mine.append((time.perf_counter() - start) * 1000)
        with lock:
            taken.extend(mine)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


class Wire(threading.local):
    """One kept connection a thread."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str]
    ) -> bytes:
        """Send a request; raise RuntimeError for an answer of 400 or more."""
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= OK:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

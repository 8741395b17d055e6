"""What a service counts of itself, for Prometheus, and its log: no text of any document."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protolabel.answers import Answer
from protolabel.service.error_log import log_unforeseen
from protolabel.service.replies import broken, cut_off, error_reply

log = logging.getLogger("protolabel.service")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Measures:
    """The counters of one service, in a registry of its own.

    Several processes of one service count together: prometheus_client then keeps the numbers in
    files of the folder ``PROMETHEUS_MULTIPROC_DIR``, which the service sets for its workers.
    """

    def __init__(self, *, is_shared: bool = False) -> None:
        self._is_shared = is_shared
        self._registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter(
            "protolabel_requests", "Requests answered.", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "protolabel_request_seconds",
            "Time from the first byte of a request to the last of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._documents = Counter(
            "protolabel_documents",
            "Documents answered.",
            ("space", "outcome"),
            registry=self._registry,
        )
        self._waiting = Gauge(
            "protolabel_documents_waiting",
            "Documents that wait.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def count_answers(self, space: str, answers: Sequence[Answer]) -> None:
        """Count documents that were answered; the batcher of the label space calls it."""
        declined = sum(answer.label is None for answer in answers)
        self._documents.labels(space, "labelled").inc(len(answers) - declined)
        self._documents.labels(space, "declined").inc(declined)

    def answer_count(self, space: str) -> int:
        """Return how many documents of a label space were answered since the start, by all."""
        registry = self._everyone() if self._is_shared else self._registry
        counts = (
            registry.get_sample_value(
                "protolabel_documents_total", {"space": space, "outcome": outcome}
            )
            for outcome in ("labelled", "declined")
        )
        return int(sum(count or 0.0 for count in counts))

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request, and write a line about it to the log."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if not log.isEnabledFor(logging.INFO):
            return
        log.info(
            json.dumps(
                {
                    "route": route,
                    "method": method,
                    "status": status,
                    "milliseconds": round(seconds * 1000, 1),
                }
            )
        )

    def page(self, waiting: int) -> bytes:
        """Return the counters in Prometheus' text format."""
        self.note_waiting(waiting)
        if not self._is_shared:
            return generate_latest(self._registry)
        return generate_latest(self._everyone())

    @staticmethod
    def _everyone() -> CollectorRegistry:
        """Return a registry with the counters of all processes."""
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return everyone

    def note_waiting(self, waiting: int) -> None:
        """Take note of how many documents wait in this process."""
        self._waiting.set(waiting)


class Measured:
    """ASGI middleware that counts requests by their route, never by the path that was asked."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it when it has been answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, reply = time.perf_counter(), _CountedReply(send)
        try:
            await self._app(scope, receive, reply.send)
        except asyncio.CancelledError:  # the time that is left at the stop is over
            if reply.status is not None:
                raise  # an answer that has begun: its connection is closed
            await error_reply(cut_off())(scope, receive, reply.send)
        except Exception as error:  # an error of ours
            log_unforeseen(error)
            if reply.status is None:
                await error_reply(broken(error))(scope, receive, reply.send)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            seconds = time.perf_counter() - start
            self._measures.request(route, scope["method"], reply.status or 500, seconds)


class _CountedReply:
    """The answer to one request as it is sent. ``status``: None until it has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)

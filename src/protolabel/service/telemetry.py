"""OpenTelemetry, where an option asks for it: traces and measurements of requests, by route.

Nothing is sent without the option, whatever the environment says. No text, no name and no path goes
with it: a span has the route, the method, the status and the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from fastapi.telemetry import TelemetryConfig

from protolabel.errors import InputError
from protolabel.system.extras import require
from protolabel.system.hosts import http_address, is_this_machine

_SECONDS = 5  # that one attempt to send may take
_REDACTED = {"url.path": "REDACTED", "url.query": "REDACTED"}

# FastAPI would take exporters from the environment, and its log quotes what was sent.
OFF: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


@contextmanager
def telemetry(url: str) -> Iterator[TelemetryConfig]:
    """Yield what FastAPI is to record; at the end, send what was not sent yet.

    Args:
        url: of a collector that speaks OTLP over HTTP; empty for none.

    Raises:
        InputError: it is no address of HTTP.
        MissingPackageError: the extra ``telemetry`` is not installed.
    """
    if not url:
        yield OFF
        return
    _check(url)
    require("telemetry", "`protolabel serve --telemetry`")
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from requests import Session

    class Redaction(SpanProcessor):
        """Takes the path and the query from each span: they name label spaces and files."""

        def on_start(self, span: Span, parent_context: Context | None = None) -> None:
            """Overwrite them; the route, which is set later, stays."""
            span.set_attributes(_REDACTED)

    base, about = url.rstrip("/"), Resource.create({SERVICE_NAME: "protolabel"})
    session = Session()
    session.trust_env = not is_this_machine(urlsplit(url).hostname)  # its proxies, and passwords
    spans = OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=_SECONDS, session=session)
    counts = OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=_SECONDS, session=session)
    tracers = TracerProvider(resource=about, shutdown_on_exit=False)
    tracers.add_span_processor(Redaction())
    tracers.add_span_processor(BatchSpanProcessor(spans))
    reader = PeriodicExportingMetricReader(counts)
    meters = MeterProvider(metric_readers=[reader], resource=about, shutdown_on_exit=False)
    try:
        yield OFF | {
            "tracing": True,
            "metrics": True,
            "tracer_provider": tracers,
            "meter_provider": meters,
        }
    finally:
        tracers.shutdown()
        meters.shutdown()


def _check(url: str) -> None:
    parts = http_address(url)
    if parts is None or parts.query or parts.fragment:
        raise InputError(
            f"the address {url!r} for --telemetry",
            expected="the address of an OpenTelemetry collector",
            remedy="give it like --telemetry http://127.0.0.1:4318",
        )

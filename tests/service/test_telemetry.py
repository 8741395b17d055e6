"""OpenTelemetry: sent to the collector that an option names, by route, without words."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from local_servers import serving
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from service_process import make_space, service

from protolabel.errors import InputError
from protolabel.service.telemetry import telemetry


class Collector(HTTPServer):
    """A collector on this machine: keeps the bodies that it is sent, by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: dict[str, bytes] = {}


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies[self.path] = self.server.bodies.get(self.path, b"") + body
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def collector() -> Iterator[Collector]:
    with serving(Collector()) as server:
        yield server


def test_spans_and_counts_of_routes_are_sent_and_no_words(tmp_path, collector):
    space = make_space(tmp_path / "secretspace.space")
    url = f"http://127.0.0.1:{collector.server_address[1]}"
    with service(str(space), "--telemetry", url) as client:
        route = "/v1/spaces/secretspace/label"
        client.post(route, {"documents": [{"text": "secretword", "id": "secretid"}]})
        client.post(route, {"documents": [{"text": "secretword", "x": 1}]})
        client.ask("POST", f"{route}/file?name=secretname.pdf", b"%PDF-secretword")
        code, log = client.stop()
    assert code == 0, log
    traces, counts = collector.bodies["/v1/traces"], collector.bodies["/v1/metrics"]
    assert b"secret" not in traces + counts
    spans = [
        span
        for resource in ExportTraceServiceRequest.FromString(traces).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    names = [span.name for span in spans]
    assert names.count("POST /v1/spaces/{space}/label") == 2
    assert "POST /v1/spaces/{space}/label/file" in names
    metrics = [
        metric.name
        for resource in ExportMetricsServiceRequest.FromString(counts).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    assert "http.server.request.duration" in metrics


@pytest.mark.parametrize("url", ["collector:4318", "ftp://x", "http://", "http://["])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError, match="--telemetry"), telemetry(url):
        pass

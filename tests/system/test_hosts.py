"""What is sent to this machine passes no proxy of the environment, whichever library sends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from local_servers import serving
from proxies import Proxy, proxy

from protolabel.client import Client, ServiceError
from protolabel.client.arguments import service_address
from protolabel.encoders.service import ServiceEncoder
from protolabel.encoders.service_name import parts_of
from protolabel.errors import EncoderError, InputError
from protolabel.service.telemetry import telemetry
from protolabel.system.hosts import http_address, is_this_machine


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.0.1", True),
        ("::1", True), ("::ffff:127.0.0.1", True), ("example.org", False), ("10.0.0.1", False),
        ("127.0.0.1.example.org", False), ("localhost.example.org", False), ("", False),
        (None, False), ("::", False), ("0.0.0.0", False),
    ],
)  # fmt: skip
def test_hosts_of_this_machine(host, expected):
    assert is_this_machine(host) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:4318", True), ("https://h", True), ("HTTP://h:1/", True),
        ("http://[::1]:65535", True), ("http://h\u00f6st.org", True),
        ("127.0.0.1:4318", False), ("h", False), ("ftp://h", False), ("http://", False),
        ("http://[", False), ("http://h:abc", False), ("http://h:99999", False),
        ("http://h:0", False), ("http://h:-1", False), ("http://:80", False),
        (f"http://{'h' * 64}", False), ("http://a..b", False),
    ],
)  # fmt: skip
def test_every_door_takes_the_same_addresses(address, expected):
    """Each may refuse more of its own, such as a query; here is nothing of that."""
    assert (http_address(address) is not None) is expected
    assert _takes(service_address, address) is expected
    assert _takes(parts_of, f"{address}#model") is expected
    assert _takes(_begin_telemetry, address) is expected


@pytest.mark.parametrize("end", ["/v1?x=1", "/v1#part"])
def test_an_address_to_which_a_path_is_added_ends_with_its_path(end):
    for door in (service_address, _begin_telemetry):
        assert not _takes(door, f"http://h{end}")


def _begin_telemetry(url: str) -> None:
    with telemetry(url):
        pass


def _takes(door: Callable[[str], object], address: str) -> bool:
    try:
        door(address)
    except (InputError, EncoderError):
        return False
    return True


class _Local(BaseHTTPRequestHandler):
    """Answers as an embeddings service, a label space and a collector: enough for one request."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b"{}"
        if self.path.endswith("/embeddings"):
            texts = json.loads(body)["input"]
            rows = [{"index": i, "embedding": [1.0, i]} for i in range(len(texts))]
            content = json.dumps({"data": rows}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _Local)) as server:
        yield server.server_address[1]


@pytest.fixture
def company(monkeypatch) -> Iterator[Proxy]:
    with proxy() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PROTOLABEL_EMBEDDINGS_KEY", "secret-key")
        yield server


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_key_and_the_documents_of_a_service_here_pass_no_proxy(company, port, host):
    encoder = ServiceEncoder(f"http://{host}:{port}/v1#m", pause=0.001)
    assert encoder.encode(["my private letter"]).shape == (1, 2)
    assert company.requests == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_client_asks_a_service_here_without_a_proxy(company, port, host):
    with Client(f"http://{host}:{port}", "mail", key="pl_secret") as mail:
        assert mail.info() == {}
    assert company.requests == []


def test_measurements_for_a_collector_here_pass_no_proxy(company, port):
    with telemetry(f"http://127.0.0.1:{port}") as config:
        tracer = config["tracer_provider"].get_tracer("test")
        tracer.start_span("a span").end()
    assert company.requests == []


def test_other_hosts_are_reached_as_the_environment_says(company, monkeypatch):
    monkeypatch.delenv("PROTOLABEL_EMBEDDINGS_KEY")
    with pytest.raises(EncoderError, match="HTTP 418"):
        ServiceEncoder("http://embeddings.invalid/v1#m", pause=0.001)
    with Client("http://labels.invalid", "mail") as mail, pytest.raises(ServiceError):
        mail.info()
    paths = [path for path, *_ in company.requests]
    assert paths[0] == "http://embeddings.invalid/v1/embeddings"
    assert paths[1] == "http://labels.invalid/v1/spaces/mail"

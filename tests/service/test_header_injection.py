"""Line ends in names add no header to an answer and split none: its bytes are read from the socket.

Starlette and uvicorn are not asked what they sent; the answer is taken apart by hand.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from service_process import Client, make_space, service
from service_routes import routes

EVIL = "a\r\nX-Injected: yes\r\n\r\nHTTP/1.1 200 OK\r\nX-Second: yes\r\n\r\n"
USUAL_HEADERS = {
    "date", "etag", "content-length", "content-type", "transfer-encoding", "connection", "vary",
    "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "cache-control", "location",
    "retry-after", "allow", "www-authenticate", "set-cookie",
}  # fmt: skip


def raw(client: Client, head: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Send a request as it stands; return status, headers and all that follows them."""
    head += f"\r\nHost: 127.0.0.1:{client.port}\r\nConnection: close\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
        connection.sendall(head.encode("latin-1") + body)
        content = b""
        while part := connection.recv(2**16):
            content += part
    head_bytes, _, rest = content.partition(b"\r\n\r\n")
    status, *lines = head_bytes.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        assert name.lower() in USUAL_HEADERS, line
        headers[name.lower()] = value
    if "content-length" in headers:
        assert len(rest) == int(headers["content-length"])  # and no second answer behind it
    return int(status.split()[1]), headers, rest


def post(client: Client, path: str, body: object, more: str = "") -> tuple[int, dict[str, str]]:
    head = f"POST {path} HTTP/1.1\r\nContent-Type: application/json{more}"
    return raw(client, head, json.dumps(body).encode())[:2]


@pytest.fixture(scope="module", params=["Договоры", "a b", "100%?#", "a\r\nX-Injected: yes"])
def named(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Client, str]]:
    """Serve a label space of an odd name."""
    path = make_space(tmp_path_factory.mktemp("odd") / f"{request.param}.space")
    with service(str(path), "--no-browser") as client:
        assert client.get("/v1/spaces").json["spaces"] == [request.param]
        yield client, request.param


def test_the_address_of_a_job_is_one_header_whatever_its_space_is_called(named):
    client, name = named
    place = f"/v1/spaces/{quote(name, safe='')}"
    status, headers = post(client, f"{place}/jobs", {"kind": "settle"})
    assert status == 202
    assert headers["location"].isascii()
    assert unquote(headers["location"]).startswith(f"/v1/spaces/{name}/jobs/")
    status, headers, body = raw(client, f"GET {headers['location']} HTTP/1.1")
    assert status == 200
    assert json.loads(body)["kind"] == "settle"


@pytest.mark.parametrize("place", ["path", "query"])
def test_no_route_puts_line_ends_of_its_address_into_a_header(client: Client, place):
    evil = quote(EVIL, safe="")
    for method, path, _ in routes():
        filled = path.replace("{space}", evil if place == "path" else "mail")
        for name in ("{key}", "{version}", "{job}"):
            filled = filled.replace(name, evil)
        if place == "query":
            filled += f"?name={evil}&id={evil}&{evil}={evil}"
        is_json = "" if method in ("GET", "DELETE") else "\r\nContent-Type: application/json"
        body = b"{}" if is_json else b""
        raw(client, f"{method} {filled} HTTP/1.1{is_json}", body)
    for filled in (f"/{evil}", f"/assets/{evil}", f"//{evil}/", f"/v1/spaces/{evil}/"):
        raw(client, f"GET {filled} HTTP/1.1")


def test_names_of_classes_files_and_documents_reach_no_header(tmp_path: Path):
    space = "/v1/spaces/mail"
    with service(str(make_space(tmp_path / "mail.space")), "--no-browser") as client:
        change = {"kind": "add", "examples": [
            {"label": EVIL, "text": f"pay {EVIL}", "id": EVIL, "source": EVIL},
        ]}  # fmt: skip
        statuses = [
            post(client, f"{space}/changes", change)[0],
            post(client, f"{space}/preview", change)[0],
            post(client, f"{space}/label", {"documents": [{"text": EVIL, "id": EVIL}]})[0],
            raw(client, f"POST {space}/label/file?name={quote(EVIL)} HTTP/1.1", b"pay")[0],
        ]
        assert statuses == [422, 422, 200, 200]  # a class has no line ends in its name
        examples = f"examples?label={quote('invoice')}"
        for path in ("classes", examples, "export", "history", "remembered", "inbox"):
            assert raw(client, f"GET {space}/{path} HTTP/1.1")[0] == 200
        key = "\r\nIdempotency-Key: a%0d%0aX-Injected: yes"
        assert post(client, f"{space}/changes", change, key)[0] < 500
        asked = '\r\nIf-Match: "1"%0d%0aX-Injected: yes'
        assert post(client, f"{space}/changes", change, asked)[0] == 400

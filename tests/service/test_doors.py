"""Who may ask for what: keys, roles, sessions, other hosts and other pages; and how much."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time

import pytest
from prepared_commands import prepared_program
from service_process import make_space, service
from service_routes import ask, routes
from starlette.testclient import TestClient

from protolabel.errors import InputError
from protolabel.service.app import make_app
from protolabel.service.keys import ROLES, add_key, key_of, read_keys, remove_key
from protolabel.service.options import Options

OPEN = {"/v1/live", "/v1/ready", "/v1/openapi.json", "/v1/session"}  # what needs no key


def test_every_route_asks_for_a_role_but_those_that_say_nothing():
    without = {path for _, path, role in routes() if role is None}
    assert without <= OPEN
    assert {role for _, _, role in routes() if role} == set(ROLES)


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locked")
    secrets = {role: add_key(folder / "keys.json", role, role) for role in ROLES}
    space = make_space(folder / "mail.space")
    with service(str(space), "--keys", str(folder / "keys.json")) as client:
        yield client, secrets, folder


def test_no_route_answers_without_a_key(locked):
    client, _, _ = locked
    for method, path, role in routes():
        if role is not None:
            for secret in ("", "pl_wrong", "x" * 5000):
                reply = ask(client, method, path, secret)
                assert reply.status == 401, (method, path)
                assert reply.headers["www-authenticate"] == "Bearer"


def test_a_role_may_do_what_it_says_and_no_more(locked):
    client, secrets, _ = locked
    for method, path, needed in routes():
        if needed is None or path == "/v1/session":
            continue
        for role in ROLES:
            status = ask(client, method, path, secrets[role]).status
            if ROLES.index(role) < ROLES.index(needed):
                assert status == 403, (method, path, role)
            else:
                assert status not in (401, 403, 500), (method, path, role)


def test_changes_are_in_the_name_of_the_key(locked):
    client, secrets, _ = locked
    body = {"kind": "describe", "texts": {"memo": "a note to all"}}
    headers = {"Authorization": f"Bearer {secrets['curate']}"}
    assert client.post("/v1/spaces/mail/changes", body, headers).json["who"] == "curate"


def test_a_session_of_the_page_needs_its_token_to_change_anything(locked):
    client, secrets, _ = locked
    assert client.post("/v1/session", {"key": "pl_wrong"}).status == 401
    reply = client.post("/v1/session", {"key": secrets["curate"]})
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie.replace("Strict", "strict")
    sent = {"Cookie": cookie.split(";")[0]}
    assert client.get("/v1/session", **sent).json["csrf"] == reply.json["csrf"]
    body = {"kind": "describe", "texts": {"news": "what has happened"}}
    assert client.post("/v1/spaces/mail/changes", body, sent).status == 403
    token = {"X-CSRF-Token": reply.json["csrf"]}
    assert client.post("/v1/spaces/mail/changes", body, sent | token).status == 200
    assert client.ask("DELETE", "/v1/session", headers=sent | token).status == 200
    assert client.get("/v1/session", **sent).status == 401


def test_a_key_that_is_removed_is_refused_at_once(locked):
    client, _, folder = locked
    secret = add_key(folder / "keys.json", "guest", "read")
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/v1/spaces", **headers).status == 200
    remove_key(folder / "keys.json", "guest")
    assert client.get("/v1/spaces", **headers).status == 401


def test_nobody_is_let_in_while_the_file_of_keys_cannot_be_read(tmp_path, caplog):
    path = tmp_path / "keys.json"
    secret = add_key(path, "bot", "label")
    whole = path.read_text(encoding="utf-8")
    digest = read_keys(path)[0].sha256
    _, app = make_app({}, Options(keys_path=str(path)))
    headers = {"Authorization": f"Bearer {secret}"}
    with TestClient(app, headers=headers, base_url="http://localhost") as client:
        assert client.get("/v1/spaces").status_code == 200
        for broken in ("{", whole.replace(digest, "é"), whole.replace(f'"{digest}"', "5")):
            path.write_text(broken, encoding="utf-8")
            for _ in range(2):
                reply = client.get("/v1/spaces")
                assert reply.status_code == 503
                assert "file of keys" in reply.json()["title"]
                assert str(path) not in reply.text
            path.write_text(whole, encoding="utf-8")
            assert client.get("/v1/spaces").status_code == 200
    log = [json.loads(r.getMessage()) for r in caplog.records if r.name == "protolabel.service"]
    reasons = [line["what"] for line in log if line.get("error") == "keys"]
    assert len(reasons) == 3
    assert all(str(path) in words for words in reasons)


def test_a_file_of_keys_holds_no_key(tmp_path):
    path = tmp_path / "keys.json"
    secret = add_key(path, "bot", "label")
    assert secret not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_of(secret, read_keys(path)).name == "bot"
    assert key_of(secret + "x", read_keys(path)) is None
    with pytest.raises(InputError, match="bot"):
        add_key(path, "bot", "label")
    with pytest.raises(InputError, match="one of the file: 'bot'"):
        remove_key(path, "cat")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="not a file of keys"):
        read_keys(path)


def test_other_hosts_and_pages_of_other_places_are_refused(client):
    for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example"):
        assert client.get("/v1/spaces", Host=host).status in (400, 421), host
    assert client.get("/v1/spaces", Host="localhost:1").status == 200
    body = {"documents": [{"text": "x"}]}
    for origin in ("https://evil.example", "null", f"http://localhost:{client.port + 1}"):
        reply = client.post("/v1/spaces/mail/label", body, {"Origin": origin})
        assert reply.status == 403, origin
    own = {"Origin": f"http://127.0.0.1:{client.port}"}
    assert client.post("/v1/spaces/mail/label", body, own).status == 200


def test_every_answer_tells_browsers_to_keep_to_this_place(client):
    for path in ("/v1/spaces", "/v1/nothing", "/v1/openapi.json"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_an_open_address_needs_keys(tmp_path):
    space = make_space(tmp_path / "mail.space")
    command = [prepared_program(), "serve", str(space), "--host", "0.0.0.0"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert "protolabel key add" in run.stderr


@pytest.mark.parametrize("content", [None, '{"keys": []}'])
def test_a_file_without_keys_is_refused_and_the_advice_works(tmp_path, content):
    """A slip in its name would serve nobody, and say so to each caller alone."""
    space, keys = make_space(tmp_path / "mail.space"), tmp_path / "nope.json"
    if content is not None:
        keys.write_text(content)
    command = [prepared_program(), "serve", str(space), "--keys", str(keys)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert "not there" in run.stderr or "holds no key" in run.stderr
    assert f"make a key: protolabel key add {keys} NAME --role curate" in run.stderr
    add_key(keys, "NAME", "curate")
    with service(str(space), "--keys", str(keys)) as client:
        assert client.get("/v1/spaces/mail/classes").status == 401


def test_bodies_are_bounded(client):
    connection = socket.create_connection(("127.0.0.1", client.port))
    connection.sendall(
        b"POST /v1/spaces/mail/label HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{"
    )
    assert b" 413 " in connection.recv(1000).split(b"\r\n")[0]
    connection.close()
    many = {"documents": [{"text": "x"}] * 1025}
    assert client.post("/v1/spaces/mail/label", many).status == 413


def test_a_service_that_only_answers_refuses_changes(mail):
    with service(str(mail), "--read-only") as client:
        body = {"kind": "describe", "texts": {"x": "y"}}
        assert client.post("/v1/spaces/mail/changes", body).status == 403
        assert client.post("/v1/spaces/mail/label", {"documents": [{"text": "x"}]}).status == 200


def test_who_asks_too_often_waits(mail):
    with service(str(mail), "--requests-a-minute", "3") as client:
        assert [client.get("/v1/spaces").status for _ in range(4)] == [200, 200, 200, 429]
        assert int(client.get("/v1/spaces").headers["retry-after"]) <= 60
        assert client.get("/v1/live").status == 200


def test_the_log_holds_no_words_and_nothing_is_sent_elsewhere(mail):
    """Not even where the environment asks the web framework to export what it sees."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    environment = {
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{listener.getsockname()[1]}",
    }
    with service(str(mail), environment=environment) as client:
        client.post(
            "/v1/spaces/mail/label", {"documents": [{"text": "secretword", "id": "secretid"}]}
        )
        client.post("/v1/spaces/mail/label", {"documents": [{"text": "secretword", "x": 1}]})
        client.ask("POST", "/v1/spaces/mail/label/file?name=secretname.pdf", b"%PDF-secretword")
        assert b"secretword" not in client.get("/v1/metrics").body
        time.sleep(0.1)
        _, log = client.stop()
    with listener, pytest.raises(TimeoutError):
        listener.accept()
    assert log
    for line in log.splitlines():
        assert set(json.loads(line)) == {"route", "method", "status", "milliseconds"}
    assert "secret" not in log


def test_help_names_the_extra_where_it_is_missing(tmp_path):
    blocked = tmp_path / "sitecustomize.py"
    blocked.write_text(
        "import importlib.util as u\nreal = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n == 'fastapi' else real(n, *a)\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, "-m", "protolabel", "serve", "x.space"],
        capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 7
    assert "pip install 'protolabel[service]'" in run.stderr


def test_no_header_and_no_beginning_of_a_text_lifts_a_bound(client):
    """A stream has no bound as a whole; other routes do not read one."""
    connection = socket.create_connection(("127.0.0.1", client.port))
    connection.sendall(
        b"POST /v1/spaces/mail/label HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/x-ndjson\r\nContent-Length: 99999999999\r\n\r\n{"
    )
    assert b" 413 " in connection.recv(1000).split(b"\r\n")[0]
    connection.close()
    example = {"label": "invoice", "text": "data:" + "pay " * 275_000}
    change = {"kind": "add", "examples": [example]}
    assert client.post("/v1/spaces/mail/changes", change).status == 413

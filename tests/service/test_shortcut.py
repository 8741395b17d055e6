"""The shortcut answers as the framework does, whatever is sent, and passes on what is unusual."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service_process import make_space
from starlette.testclient import TestClient

from protolabel.service.app import make_app
from protolabel.service.guard import Guard
from protolabel.service.keys import add_key
from protolabel.service.limits import Bounds
from protolabel.service.options import Options
from protolabel.service.shortcut import MOST_BYTES, Shortcut

LABEL = "/v1/spaces/mail/label"
JSON = {"Content-Type": "application/json"}
REQUEST = json.dumps({"documents": [{"text": "please pay the bill"}]}).encode()


class Doors:
    """One service by two doors: the framework alone, and the shortcut before it."""

    def __init__(self, path: Path, options: Options) -> None:
        self.app, guarded = make_app({"mail": path}, options)
        state = self.app.state.service
        state.spaces.served("mail").space.settle()  # no fit changes an answer between the doors
        address = "http://localhost"
        self.framework = TestClient(
            Guard(self.app, options, state.access, state.stopping), base_url=address
        )
        self.service = TestClient(guarded, base_url=address)

    def both(self, content: bytes, headers: dict[str, str], path: str = LABEL) -> Any:
        """Ask both, see that they answer alike, and return the answer."""
        first, second = (
            door.post(path, content=content, headers=headers)
            for door in (self.framework, self.service)
        )
        assert first.status_code == second.status_code, (content, first.text, second.text)
        assert first.json() == second.json(), content
        assert first.headers == second.headers
        return second


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    path = make_space(tmp_path_factory.mktemp("spaces") / "mail.space")
    one = Doors(path, Options())
    with one.framework:
        yield one


numbers = st.one_of(st.integers(-3, 10), st.floats(), st.just(10**400), st.booleans(), st.none())
texts = st.one_of(st.text(), st.just("\ud800"), numbers)
documents = st.dictionaries(
    st.sampled_from(["id", "text", "source", "image", "embedding", "other"]),
    st.one_of(texts, st.lists(numbers, max_size=3)),
    max_size=3,
)
bodies = st.one_of(
    st.recursive(texts, lambda inner: st.lists(inner, max_size=3), max_leaves=4),
    st.fixed_dictionaries(
        {"documents": st.one_of(st.lists(documents, max_size=3), texts)},
        optional={"alternatives": numbers, "evidence": numbers, "other": texts},
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies, st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]), st.booleans())
def test_any_json_is_answered_alike(doors, body, encoding, is_ascii):
    content = json.dumps(body, ensure_ascii=is_ascii).encode(encoding, "surrogatepass")
    doors.both(content, JSON)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        REQUEST[:-1],
        REQUEST + b" x",
        b'{"documents": [{"text": "pay", "text": "my work"}]}',
        b'{"documents": [{"text": "pay"}], "documents": [{"text": "my work"}]}',
        b'{"documents": [{"text": "pay"}], "evidence": 1, "evidence": "1"}',
        b'{"documents": [{"text": "pay \xff"}]}',
        b'{"documents": [{"text": "pay"}], "evidence": 1.0}',
        b'{"documents": [{"text": "pay"}], "evidence": 1e0}',
        b'{"documents": [{"text": "pay"}], "evidence": NaN}',
        b'{"documents": [{"embedding": [1e400, 0]}]}',
        b'{"documents": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        json.dumps({"documents": [{"text": "pay " * MOST_BYTES}]}).encode(),
        json.dumps({"documents": [{"text": ""}, {"text": "pay"}], "evidence": 0}).encode(),
    ],
)
def test_unusual_bodies_are_answered_alike(doors, content):
    doors.both(content, JSON)


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, LABEL, 200),
        ({"Content-Type": "text/plain"}, LABEL, 415),
        ({}, LABEL, 415),
        (JSON | {"If-Match": "1"}, LABEL, 400),
        (JSON, LABEL + "?evidence=1", 422),
        (JSON, "/v1/spaces/nobody/label", 404),
        (JSON, "/v1/spaces/mail/mail/label", 404),
        (JSON, "/v1/spaces//label", 404),
        (JSON, "/v1/spaces/ma%69l/label", 200),
        (JSON | {"Origin": "http://elsewhere"}, LABEL, 403),
        (JSON | {"Host": "elsewhere"}, LABEL, 421),
    ],
)
def test_unusual_headers_and_paths_are_answered_alike(doors, headers, path, status):
    assert doors.both(REQUEST, headers, path).status_code == status


def test_a_usual_request_takes_the_shortcut_and_is_counted(doors):
    """The framework behind this one answers nothing."""

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the framework was asked")

    client = TestClient(Shortcut(nothing, doors.app.state.service), base_url="http://localhost")
    reply = client.post(LABEL, content=REQUEST, headers=JSON)
    assert reply.json()["answers"][0]["label"] == "invoice"
    with pytest.raises(AssertionError, match="was asked"):
        client.post(LABEL, content=b"{}", headers=JSON)
    counter = (
        'protolabel_requests_total{method="POST",route="/v1/spaces/{space}/label",status="200"}'
    )
    before = doors.service.get("/v1/metrics").text
    doors.service.post(LABEL, content=REQUEST, headers=JSON)
    after = doors.service.get("/v1/metrics").text
    numbers = [float(page.partition(counter)[2].split()[0]) for page in (before, after)]
    assert numbers[1] == numbers[0] + 1


def test_a_body_that_comes_in_parts_is_read_whole(doors):
    parts = (REQUEST[:9], REQUEST[9:30], REQUEST[30:])
    headers = JSON | {"Content-Length": str(len(REQUEST))}
    reply = doors.service.post(LABEL, content=iter(parts), headers=headers)
    assert reply.json()["answers"][0]["label"] == "invoice"


def test_keys_and_bounds_hold_on_the_shortcut(tmp_path):
    keys = tmp_path / "keys.json"
    secrets = {role: add_key(keys, role, role) for role in ("read", "label")}
    bounds = Bounds(documents=2, text_characters=100, requests_a_minute=6)
    path = make_space(tmp_path / "mail.space")
    one = Doors(path, Options(keys_path=str(keys), bounds=bounds))
    many = json.dumps({"documents": [{"text": "pay"}] * 3}).encode()
    long = json.dumps({"documents": [{"text": "pay " * 50}]}).encode()
    caller = JSON | {"Authorization": f"Bearer {secrets['label']}"}
    with one.framework:
        for headers, content, status in (
            (JSON, REQUEST, 401),
            (JSON | {"Authorization": "Bearer nobody"}, REQUEST, 401),
            (JSON | {"Authorization": f"Bearer {secrets['read']}"}, REQUEST, 403),
            (caller, REQUEST, 200),
            (caller, many, 413),
            (caller, long, 413),
        ):
            assert one.both(content, headers).status_code == status
        last = one.service.post(LABEL, content=REQUEST, headers=caller)  # the seventh of this key
        assert last.status_code == 429
        assert last.headers["Retry-After"]

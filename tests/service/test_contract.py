"""The OpenAPI document says what a client may get; replies of all tests are held to it."""

from __future__ import annotations

import io
import json
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from contract import check, described, document
from fakes import PictureEncoder
from pictures import drawn
from PIL import Image
from starlette.testclient import TestClient

from protolabel import Example, LabelSpace
from protolabel.service.app import make_app
from protolabel.service.contract import WITHOUT_VERSION
from protolabel.service.options import Options

JSON = "application/json"
DOCS = Path(__file__).parents[2] / "docs"


def operations():
    return [
        (method, path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize(
    ("method", "path", "operation"), operations(), ids=[f"{m} {p}" for m, p, _ in operations()]
)
def test_every_route_declares_what_it_answers(method, path, operation):
    (success,) = operation["responses"].keys() & {"200", "202"}
    kinds = operation["responses"][success]["content"]
    if JSON in kinds:
        schema = kinds[JSON]["schema"]
        records = [one["$ref"] for one in schema.get("anyOf", [schema])]
        assert all(document()["components"]["schemas"][r.rpartition("/")[2]] for r in records)
    errors = operation["responses"].keys() - {success}
    assert {"400", "421"} <= errors
    assert ({"401", "403", "429"} <= errors) == ("security" in operation)
    assert ("requestBody" in operation) == ({"408", "413"} <= errors)
    if "{space}" in path:
        assert {"404", "501", "503", "507"} <= errors
        is_versioned = path not in WITHOUT_VERSION
        assert ("ETag" in operation["responses"][success].get("headers", ())) == is_versioned


def test_every_error_has_the_one_form():
    for response in document()["components"]["responses"].values():
        kind = response["content"]["application/problem+json"]
        assert kind["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "HTTPValidationError" not in json.dumps(document())


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for *_, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_the_check_sees_what_is_not_declared():
    """The oracle of all tests of the service finds a status, a kind and a key too many."""
    json_ = {"Content-Type": JSON}
    check("GET", "/v1/live", 200, json_, b'{"status": "live"}')
    check("GET", "/v1/spaces/mail/classes", 200, json_ | {"ETag": '"3"'}, b'{"classes": []}')
    for path, status, headers, body in (
        ("/v1/live", 418, json_, b"{}"),
        ("/v1/live", 200, {"Content-Type": "text/plain"}, b"live"),
        ("/v1/live", 200, json_ | {"ETag": '"3"'}, b'{"status": "live"}'),
        ("/v1/live", 200, json_, b'{"status": "live", "more": 1}'),
        ("/v1/live", 200, json_, b"{}"),
        ("/v1/spaces/mail/classes", 200, json_, b'{"classes": []}'),
    ):
        with pytest.raises(AssertionError, match=path):
            check("GET", path, status, headers, body)


class DrawingEncoder(PictureEncoder):
    """Sees how wide a drawing is, and little else."""

    def encode_images(self, images):
        shapes = [np.asarray(Image.open(io.BytesIO(image)).convert("L")) < 128 for image in images]
        rows = [[one.any(0).sum(), one.any(1).sum(), 0, 0, 0, 0, 0, i % 3] for i, one in
                enumerate(shapes)]  # fmt: skip
        return np.array(rows, np.float32)


def test_likely_label_errors_among_images_are_json(tmp_path):
    """Their evidence shows images, which are bytes in the library."""
    path, encoder, route = tmp_path / "x.space", DrawingEncoder(), "/v1/spaces/x/conflicts"
    with LabelSpace.create(path, encoder=encoder, background=False) as space:
        drawings = [(kind, drawn(kind, seed)) for kind in ("bar", "dash") for seed in range(6)]
        drawings.append(("bar", drawn("dash", 9)))
        space.add([Example(label, image=image) for label, image in drawings])
    _, guarded = make_app({"x": path}, Options(), encoder)
    with TestClient(guarded, base_url="http://localhost") as client:
        reply = client.get(route)
        check("GET", route, reply.status_code, reply.headers, reply.content)
        (near, *_) = reply.json()["examples"][0]["evidence"]
        assert near["thumbnail"].startswith("data:image/png;base64,")


def routes_of_the_page() -> set[tuple[str, str]]:
    """Return method and path of each route in the table; ``.../x`` takes either reading."""
    routes: set[tuple[str, str]] = set()
    for line in (DOCS / "service.md").read_text(encoding="utf-8").splitlines():
        method, path = "", ""
        for code in re.findall(r"`([^`]+)`", line.split("|")[1]) if line.startswith("|") else ():
            if code.startswith(".../"):
                ends = (path, path.rpartition("/")[0])
                routes |= {(method, f"{end}/{code[4:]}") for end in ends}
            elif re.fullmatch(r"[A-Z]+ /v1\S*", code):
                method, path = code.partition("?")[0].split()
                routes.add((method, path))
    return routes


def test_the_page_names_each_route():
    named = {(method, re.sub("[A-Z]+", "{}", path)) for method, path in routes_of_the_page()}
    for path, operations in document()["paths"].items():
        for method in operations:
            assert (method.upper(), re.sub(r"{\w+}", "{}", path)) in named, (method, path)


def test_threads_that_ask_for_the_document_at_once_get_the_same_one():
    """Those that send requests at once hold their replies to it."""
    described.cache_clear()
    documents: list[dict[str, object]] = []
    threads = [threading.Thread(target=lambda: documents.append(document())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(documents) == 3
    assert all(one is documents[0] for one in documents)

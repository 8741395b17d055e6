"""The files of the page come as they are, or compressed for who takes them so."""

from __future__ import annotations

import gzip

import pytest
from service_process import Client

from protolabel.service.page_files import FOLDER

FILES = ["index.html", *(f"assets/{path.name}" for path in (FOLDER / "assets").iterdir())]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_the_same_in_either_form(client: Client, name: str) -> None:
    path = "/" if name == "index.html" else f"/{name}"
    content = (FOLDER / name).read_bytes()
    assert client.get(path).body == content
    small = client.get(path, **{"Accept-Encoding": "gzip, br"})
    if name.endswith(".woff2"):
        assert "content-encoding" not in small.headers
        assert small.body == content
        return
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(small.body) == content
    assert len(small.body) < len(content)


def test_a_file_that_is_not_there_is_refused(client: Client) -> None:
    assert client.get("/assets/nothing.js").status == 404
    assert client.get("/assets/..%2Findex.html").status == 404

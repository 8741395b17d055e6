"""How many documents a service has answered: each counts once, whichever way it came."""

from __future__ import annotations

import json
import re
import time

from service_process import make_space
from starlette.testclient import TestClient

from protolabel.service.app import make_app
from protolabel.service.options import Options

SPACE = "/v1/spaces/mail"
LINES = "\n".join(json.dumps({"text": text}) for text in ("pay it", "a bill"))


def answered(client: TestClient) -> int:
    page = client.get("/v1/metrics").text
    counts = re.findall(r'^protolabel_documents_total\{.*space="mail".*\} (\S+)$', page, re.M)
    return int(sum(map(float, counts)))


def test_documents_of_every_way_in_are_counted_those_of_a_followed_folder_too(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")
    (folder / "b.txt").write_text("my work so far", encoding="utf-8")
    _, guarded = make_app({"mail": path}, Options(follow=str(folder)))
    document = {"documents": [{"text": "please pay"}]}
    with TestClient(guarded, base_url="http://localhost") as client:
        deadline = time.monotonic() + 60
        while client.get(f"{SPACE}/followed").json()["files"] < 2:
            assert time.monotonic() < deadline
        assert answered(client) == 2
        for n, send in enumerate(
            (
                lambda: client.post(f"{SPACE}/label", json=document),
                lambda: client.post(f"{SPACE}/inbox", json=document),
                lambda: client.post(
                    f"{SPACE}/label/file?name=c.txt",
                    content=b"a letter",
                    headers={"Content-Type": "application/octet-stream"},
                ),
            ),
            start=3,
        ):
            assert send().status_code == 200
            assert answered(client) == n
        kind = {"Content-Type": "application/x-ndjson"}
        assert client.post(f"{SPACE}/label/stream", content=LINES, headers=kind).is_success
        assert answered(client) == 7
        bad = {"documents": [{"text": "please pay"}, {}]}
        assert client.post(f"{SPACE}/label", json=bad).status_code == 422
        assert answered(client) == 7  # refused whole

"""A watched folder: what is put there appears in the inbox by itself, once, and whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from service_process import make_space, service

from protolabel import LabelSpace

SPACE = "/v1/spaces/mail"


def until(condition):
    deadline = time.monotonic() + 60
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def test_documents_of_the_folder_come_to_the_inbox_once(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    (folder / "may").mkdir(parents=True)
    (folder / "may" / "a.txt").write_text("please pay the bill", encoding="utf-8")
    (folder / ".hidden.txt").write_text("nobody sees this", encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    secret = tmp_path / "secret.txt"
    secret.write_text("elsewhere", encoding="utf-8")
    os.symlink(secret, folder / "link.txt")

    def names(client):
        return sorted(one["id"] for one in client.get(f"{SPACE}/inbox").json["documents"])

    with service(str(path), "--watch", str(folder)) as client:
        until(lambda: client.get(f"{SPACE}/watched").json["files"] == 2)
        assert names(client) == ["may/a.txt"]
        (fault,) = client.get(f"{SPACE}/watched").json["unreadable"]
        assert fault["name"] == "broken.pdf"
        assert str(folder) not in fault["reason"]
        (folder / "b.txt").write_text("my work so far", encoding="utf-8")
        until(lambda: names(client) == ["b.txt", "may/a.txt"])
        (key, *_) = [one["key"] for one in client.get(f"{SPACE}/inbox").json["documents"]
                     if one["id"] == "may/a.txt"]  # fmt: skip
        assert client.post(f"{SPACE}/forget", {"names": [key]}).json["forgotten"] == 1
        _, words = client.stop()
    assert "broken" not in words  # the log names no file
    with service(str(path), "--watch", str(folder)) as client:  # what was read is not read again
        (folder / "c.txt").write_text("one more", encoding="utf-8")
        until(lambda: client.get(f"{SPACE}/watched").json["files"] == 4)
        assert names(client) == ["b.txt", "c.txt"]


@pytest.mark.parametrize("case", ["two", "missing"])
def test_a_folder_that_cannot_be_watched_is_refused_at_once(tmp_path, case):
    spaces = [str(make_space(tmp_path / f"{name}.space")) for name in ("one", "two")]
    folder = tmp_path if case == "two" else tmp_path / "nothing"
    spaces = spaces if case == "two" else spaces[:1]
    command = [sys.executable, "-m", "protolabel", "serve", *spaces, "--watch", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert ("2 label spaces" if case == "two" else "no folder that can be read") in run.stderr

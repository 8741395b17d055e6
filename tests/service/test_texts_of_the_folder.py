"""A followed folder whose texts are not kept: what is said, and what helps."""

from __future__ import annotations

import time
import zipfile

import pytest
from commands import call
from followed import following
from service_process import make_space, service
from waiting import until

from protolabel import LabelSpace

pytestmark = pytest.mark.slow
SPACE = "/v1/spaces/mail"


def texts(client):
    listed = client.get(f"{SPACE}/inbox").json()["documents"]
    return {one["id"]: one["has_text"] for one in listed}


def make_folder(path):
    path.mkdir()
    for n in range(3):
        (path / f"{n}.txt").write_text(f"please pay the bill {n}", encoding="utf-8")
    (path / "t.csv").write_text("text\npay the rent\nmy work so far\n", encoding="utf-8")
    (path / "j.json").write_text('[{"text": "my work in an array"}]', encoding="utf-8")
    with zipfile.ZipFile(path / "z.zip", "w") as archive:
        archive.writestr("x/in.txt", "my work in an archive")
    return path


def test_files_without_texts_are_read_again_once_texts_may_be_kept(tmp_path, monkeypatch):
    """Before, *Keep texts* and a restart helped later files alone."""
    path, folder = make_space(tmp_path / "mail.space"), make_folder(tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    call("label", path, "in/2.txt")  # its source begins above the folder
    with following(path, folder) as client:
        until(lambda: client.get(f"{SPACE}/followed").json()["documents"] == 7)
        before = texts(client)
        assert (len(before), any(before.values())) == (7, False)
        documents = client.get(f"{SPACE}/inbox").json()["documents"]
        (forgotten,) = [one["key"] for one in documents if one["id"] == "1.txt"]
        client.post(f"{SPACE}/forget", json={"names": [forgotten]})
        client.post(f"{SPACE}/remember", json={"what": "text"})
        until(lambda: all(texts(client).values()))
        assert set(texts(client)) == set(before) - {"1.txt"}
        assert client.get(f"{SPACE}/followed").json()["documents"] == 7
        client.post(f"{SPACE}/remember", json={"what": "answers"})
        assert not any(texts(client).values())
        client.post(f"{SPACE}/remember", json={"what": "text"})
        until(lambda: all(texts(client).values()))
        client.post(f"{SPACE}/remember", json={"what": "answers"})
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    with following(path, folder) as client:
        until(lambda: all(texts(client).values()))
        assert set(texts(client)) == set(before) - {"1.txt"}


def test_nothing_is_read_while_nothing_may_be_remembered(tmp_path):
    """Before, these files counted as read, and never came to the inbox."""
    path, folder = make_space(tmp_path / "mail.space"), make_folder(tmp_path / "in")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("off")
    with following(path, folder) as client:
        time.sleep(4)
        assert client.get(f"{SPACE}/followed").json()["files"] == 0
        client.post(f"{SPACE}/remember", json={"what": "text"})
        until(lambda: len(texts(client)) == 7)
        assert all(texts(client).values())


@pytest.mark.parametrize(
    ("remember", "words"),
    [("answers", "nobody can decide"), ("off", "the folder is not read"), ("text", "")],
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_start_says_what_is_lacking_and_what_helps(tmp_path, remember, words, workers):
    path, folder = make_space(tmp_path / "mail.space"), make_folder(tmp_path / "in")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember(remember)
    with service(str(path), "--follow", str(folder), "--workers", workers) as client:
        _, log = client.stop()
    assert words in log
    assert (f"`protolabel set {path} remember text`" in log) == (remember != "text")


def test_each_door_changes_the_mark_of_what_is_remembered(tmp_path):
    path = make_space(tmp_path / "mail.space")
    file = tmp_path / "a.txt"
    file.write_text("please pay the bill", encoding="utf-8")
    with service(str(path), "--workers", "2") as client:

        def mark():
            return client.get(SPACE).json["remembered_mark"]

        marks = [mark()]
        assert client.get(SPACE).json["follows"] is False

        def is_new():
            marks.append(until(lambda: (new := mark()) != marks[-1] and new))
            time.sleep(1.5)  # what the other process had still to write
            assert mark() == marks[-1]
            for _ in range(4):  # whichever process is asked
                assert client.get(f"{SPACE}/inbox").json["remembered_mark"] == marks[-1]
                assert client.get(f"{SPACE}/map").json["remembered_mark"] == marks[-1]

        client.post(f"{SPACE}/label", {"documents": [{"text": "my work so far"}]})
        is_new()
        call("label", path, str(file))
        is_new()
        with LabelSpace(path, background=False) as space:
            space.answer_log.forget([str(file)])
        is_new()
    assert len(set(marks)) == 4

"""A followed folder: what is put there appears in the inbox by itself, once, and whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

import pytest
from commands import call
from fakes import WordEncoder
from followed import following
from mailboxes import Mail, write_mailbox
from prepared_commands import prepared_program
from service_process import make_space, service
from starlette.testclient import TestClient
from waiting import until

from protolabel import LabelSpace
from protolabel.service.app import make_app
from protolabel.service.limits import Bounds
from protolabel.service.options import Options

pytestmark = pytest.mark.slow

SPACE = "/v1/spaces/mail"


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
    os.symlink(tmp_path, folder / "linked")

    def names(client):
        return sorted(one["id"] for one in client.get(f"{SPACE}/inbox").json["documents"])

    with service(str(path), "--follow", str(folder)) as client:
        until(lambda: client.get(f"{SPACE}/followed").json["files"] == 2)
        assert names(client) == ["may/a.txt"]
        (fault,) = client.get(f"{SPACE}/followed").json["unreadable"]
        assert fault["name"] == "broken.pdf"
        assert str(folder) not in fault["reason"]
        (folder / "b.txt").write_text("my work so far", encoding="utf-8")
        until(lambda: names(client) == ["b.txt", "may/a.txt"])
        (key, *_) = [one["key"] for one in client.get(f"{SPACE}/inbox").json["documents"]
                     if one["id"] == "may/a.txt"]  # fmt: skip
        assert client.post(f"{SPACE}/forget", {"names": [key]}).json["forgotten"] == 1
        _, words = client.stop()
    assert "broken" not in words  # the log names no file
    assert "2 links left out" in words
    with service(str(path), "--follow", str(folder)) as client:  # what was read is not read again
        (folder / "c.txt").write_text("one more", encoding="utf-8")
        until(lambda: client.get(f"{SPACE}/followed").json["files"] == 4)
        assert names(client) == ["b.txt", "c.txt"]


def bound_by_modes():
    """Return the command under which mode bits bind root, too."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("no mode bits stop root, and there is no setpriv")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}"]


def test_a_file_that_cannot_be_read_stops_no_other_file_and_is_read_once_it_can_be(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    folder.mkdir()
    locked = folder / "a.txt"
    locked.write_text("please pay the bill", encoding="utf-8")
    locked.chmod(0)
    odd = os.path.join(os.fsencode(folder), b"caf\xe9.txt")  # a name that no text can hold
    with open(odd, "wb") as file:
        file.write(b"my work")
    (folder / "z.txt").write_text("my work so far", encoding="utf-8")
    with service(str(path), "--follow", str(folder), starter=bound_by_modes()) as client:

        def state():
            ids = {one["id"] for one in client.get(f"{SPACE}/inbox").json["documents"]}
            return ids, client.get(f"{SPACE}/followed").json

        until(lambda: state()[0] == {"caf\\xe9.txt", "z.txt"})
        assert state()[1]["unreadable"] == [
            {"name": "a.txt", "reason": "it cannot be read (permission denied)"}
        ]
        locked.chmod(0o644)
        until(lambda: state()[0] == {"a.txt", "caf\\xe9.txt", "z.txt"})
        assert (state()[1]["files"], state()[1]["unreadable"]) == (3, [])


def test_a_followed_table_without_a_text_column_is_one_document(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    folder.mkdir()
    (folder / "calls.csv").write_text("Datum,Nachricht\n1.2.,ruft an\n2.2.,will Geld\n")
    with service(str(path), "--follow", str(folder)) as client:
        until(lambda: client.get(f"{SPACE}/followed").json["files"] == 1)
        look = client.get(f"{SPACE}/followed").json
        assert (look["documents"], look["unreadable"]) == (1, [])


def test_a_folder_that_cannot_be_listed_is_said_and_read_once_it_can_be(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    locked = folder / "sub"
    locked.mkdir(parents=True)
    (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")
    (locked / "c.txt").write_text("my work so far", encoding="utf-8")
    (folder / "x").mkdir()
    (folder / "x" / "d.txt").write_text("my work so far, again", encoding="utf-8")
    locked.chmod(0)
    (folder / "x").chmod(0o444)  # its names can be listed, and nothing in it reached
    with service(str(path), "--follow", str(folder), starter=bound_by_modes()) as client:

        def state():
            followed = client.get(f"{SPACE}/followed").json
            return followed["files"], sorted(one["name"] for one in followed["unreadable"])

        until(lambda: state() == (1, ["sub", "x/d.txt"]))
        reasons = {o["reason"] for o in client.get(f"{SPACE}/followed").json["unreadable"]}
        assert reasons == {"it cannot be read (permission denied)"}
        locked.chmod(0o755)
        (folder / "x").chmod(0o755)
        until(lambda: state() == (3, []))
        _, words = client.stop()
    assert words.count("cannot be reached") == 2
    assert "sub" not in words.replace("subject", "")


def test_what_the_command_line_has_labelled_is_known_again(tmp_path, monkeypatch):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    (folder / "x").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "x/a.txt"):  # two files of one content stay two
        text = "please pay the bill" if "a" in name else "my work so far"
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    call("label", path, "in")
    with following(path, folder) as client:
        until(lambda: client.get(f"{SPACE}/followed").json()["documents"] == 3)
        sources = [one["source"] for one in client.get(f"{SPACE}/inbox").json()["documents"]]
    assert sorted(sources) == ["in/a.txt", "in/b.txt", "in/x/a.txt"]


def test_a_message_that_moves_in_a_followed_mailbox_keeps_what_a_person_decided(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    folder.mkdir()
    first, second, new = map(Mail, ["please pay the bill", "my work so far", "two chairs"])
    with following(path, folder) as client:

        def listed():
            return client.get(f"{SPACE}/inbox").json()["documents"]

        write_mailbox(folder / "box.mbox", [first, second])
        until(lambda: len(listed()) == 2)
        (key,) = (one["key"] for one in listed() if one["source"] == "box.mbox/1")
        client.post(f"{SPACE}/inbox/decisions", json={"labels": {key: "order"}})
        write_mailbox(tmp_path / "new", [new, first, second])
        os.replace(tmp_path / "new", folder / "box.mbox")
        until(lambda: len(listed()) == 3)
        people = {one["source"]: one["key"] for one in listed() if one["by"] == "person"}
        assert people == {"box.mbox/2": key}


def test_files_of_one_content_in_several_folders_stay_documents_of_their_own(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    (folder / "x" / "y").mkdir(parents=True)
    names = ["a.txt", "x/a.txt", "x/y/a.txt"]
    with following(path, folder) as client:
        for n, name in enumerate(("x/a.txt", "a.txt", "x/y/a.txt"), 1):
            (folder / name).write_text("please pay the bill", encoding="utf-8")
            until(lambda n=n: client.get(f"{SPACE}/followed").json()["documents"] == n)
        ids = [one["id"] for one in client.get(f"{SPACE}/inbox").json()["documents"]]
    assert sorted(ids) == names


def test_a_file_of_equal_size_and_time_is_read_again_if_its_content_is_another(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    folder.mkdir()
    file = folder / "a.txt"

    def put(text):
        new = tmp_path / "new.txt"
        new.write_text(text, encoding="utf-8")
        os.utime(new, (1_700_000_000, 1_700_000_000))
        os.replace(new, file)

    put("please pay the bill")
    with following(path, folder) as client:

        def keys():
            return {one["key"] for one in client.get(f"{SPACE}/inbox").json()["documents"]}

        (first,) = until(keys)
        put("please pay the BILL")
        (second,) = until(lambda: keys() - {first})
        client.post(f"{SPACE}/forget", json={"names": [second]})
        put("please pay the BILL")  # as a restored file: the same bytes, another inode
        (folder / "z.txt").write_text("my work so far", encoding="utf-8")
        until(lambda: client.get(f"{SPACE}/followed").json()["files"] == 2)
        time.sleep(3)
        assert second not in keys()


def test_a_label_space_in_the_folder_that_is_followed_is_no_document(tmp_path):
    path = make_space(tmp_path / "mail.space")
    (tmp_path / "a.txt").write_text("please pay the bill", encoding="utf-8")
    (tmp_path / "z.txt").write_text("my work so far", encoding="utf-8")
    _, guarded = make_app({"mail": path}, Options(follow=str(tmp_path)))
    with TestClient(guarded, base_url="http://localhost") as client:
        until(lambda: client.get(f"{SPACE}/followed").json()["documents"] == 2)
        assert client.get(f"{SPACE}/followed").json()["unreadable"] == []


class BrokenAtBills(WordEncoder):
    """Fails at one file as an engine does, and at no other."""

    def encode(self, texts):
        if any("bill" in text for text in texts):
            raise RuntimeError("my secret illness")
        return super().encode(texts)


def test_a_file_at_which_the_encoder_fails_stops_no_other_file(tmp_path, caplog):
    path, folder = tmp_path / "mail.space", tmp_path / "in"
    with LabelSpace.create(path, encoder=BrokenAtBills(), background=False) as space:
        space.add(["pay money", "cv work"], ["invoice", "cv"])
    folder.mkdir()
    (folder / "a.txt").write_text("pay bill", encoding="utf-8")
    (folder / "z.txt").write_text("cv work", encoding="utf-8")
    options = Options(follow=str(folder))
    _, guarded = make_app({"mail": path}, options, BrokenAtBills())
    with TestClient(guarded, base_url="http://localhost") as client:

        def ids():
            return {one["id"] for one in client.get(f"{SPACE}/inbox").json()["documents"]}

        until(lambda: ids() == {"z.txt"})
        (folder / "y.txt").write_text("cv work again", encoding="utf-8")
        until(lambda: ids() == {"y.txt", "z.txt"})
    assert "RuntimeError" in caplog.text
    assert "illness" not in caplog.text


def test_files_beyond_the_bound_are_left_and_the_log_says_so_once(tmp_path, caplog):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(f"bill {name}", encoding="utf-8")
    options = Options(follow=str(folder), bounds=Bounds(followed_files=2))
    _, guarded = make_app({"mail": path}, options)
    with TestClient(guarded, base_url="http://localhost") as client:
        until(lambda: client.get(f"{SPACE}/followed").json()["files"] == 2)
    words = [one.message for one in caplog.records if "more than 2 files" in one.message]
    assert len(words) == 1


@pytest.mark.parametrize("case", ["two", "missing"])
def test_a_folder_that_cannot_be_followed_is_refused_at_once(tmp_path, case):
    spaces = [str(make_space(tmp_path / f"{name}.space")) for name in ("one", "two")]
    folder = tmp_path if case == "two" else tmp_path / "nothing"
    spaces = spaces if case == "two" else spaces[:1]
    command = [prepared_program(), "serve", *spaces, "--follow", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert ("2 label spaces" if case == "two" else "no folder that can be read") in run.stderr

"""Devices, sockets and pipes that nobody writes into: reading them ends, with a reason."""

from __future__ import annotations

import os
import socket
import threading
from io import BytesIO

import pytest
from commands import call

from protolabel.errors import InputError
from protolabel.readers import devices, plain_text, read_documents
from protolabel.readers.options import Reading
from protolabel.service.keys import read_keys


@pytest.fixture
def special(tmp_path, monkeypatch):
    """Paths of what never ends, by name."""
    monkeypatch.setattr(devices, "PIPE_SECONDS", 0.2)
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    os.symlink("/dev/zero", "link")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        yield {
            "/dev/zero": "a device",
            "/dev/random": "a device",
            "link": "a device",
            "socket": "a socket",
            "pipe": "a pipe into which no program writes",
        }


def test_what_never_ends_is_refused_whether_or_not_bad_documents_are_passed_over(special):
    for path, what in special.items():
        with pytest.raises(InputError, match=what):
            list(read_documents(path))
        faults = []
        assert list(read_documents([path], on_unreadable=faults.append)) == []
        assert [what in fault.error.got for fault in faults] == [True], path


def test_commands_refuse_what_never_ends(special, tmp_path):
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    call("add", space, "a", "--text", "some words", "--new")
    for path in special:
        assert "skipped" in call("label", space, path, "--skip-bad", code=6).stderr
        call("import", space, path, code=2)
        call("add", space, "a", path, code=2)
        with pytest.raises(InputError, match="not a file of keys"):
            read_keys(path)


def test_what_ends_is_read(special, tmp_path):
    assert list(read_documents("/dev/null")) == []
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_text("one\n"))
    writer.start()
    assert [d.text for d in read_documents("pipe")] == ["one"]
    writer.join()


def test_a_line_without_end_is_given_up(monkeypatch):
    """As standard input has it from a device or a program; passing over it would never end."""
    monkeypatch.setattr(plain_text, "MOST_CUT", 2**18)
    reading = Reading(max_bytes=1000)

    def chunks():
        while True:
            yield bytes(2**16)

    with pytest.raises(InputError, match="stdin: a line of more than 262,144 bytes"):
        list(plain_text.numbered_lines(chunks(), "stdin", reading))
    short = plain_text.text_chunks(BytesIO(b"x" * 2**17 + b"\nnext\n"), "stdin", reading)
    lines = list(plain_text.numbered_lines(short, "stdin", reading))
    assert [line.error is None for line in lines] == [False, True]

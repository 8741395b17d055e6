"""Folders as they lie on disks: litter, links, depth, odd names; several sources in one call."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from commands import call

from protolabel.errors import InputError
from protolabel.readers import read_documents, read_examples, source_size
from protolabel.readers.nested_folders import folder_parents

LITTER = ["Thumbs.db", "desktop.ini", "~$letter.docx", "letter.txt~", "__MACOSX/a.txt",
          ".DS_Store", "._a.txt", "x.tmp", ".a.swp", "a.swp", "lost+found/x", "@eaDir/a.txt",
          "Desktop.INI"]  # fmt: skip


def write(path, text="hello"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_litter_is_left_out_with_one_notice_that_counts_it(tmp_path):
    for name in LITTER:
        write(tmp_path / name, "\0")
    write(tmp_path / "a.txt")
    notices = []
    assert [d.id for d in read_documents(tmp_path, on_notice=notices.append)] == ["a.txt"]
    (notice,) = notices
    assert notice.source == str(tmp_path)
    assert notice.message.startswith(f"{len(LITTER)} left out")
    assert "Desktop.INI" in notice.message or "..." in notice.message
    assert source_size(tmp_path) == 5


def test_litter_beside_the_folders_of_examples_is_left_out(tmp_path):
    write(tmp_path / "A" / "a.txt")
    write(tmp_path / "A" / "Thumbs.db", "\0")
    write(tmp_path / "__MACOSX" / "A" / "._a.txt", "\0")
    write(tmp_path / "desktop.ini")
    notices = []
    assert [e.label for e in read_examples(tmp_path, on_notice=notices.append)] == ["A"]
    assert sum(int(n.message.split()[0]) for n in notices) == 3


@pytest.mark.parametrize("target", [".", "..", "../..", "beside", "elsewhere"])
def test_links_to_folders_are_not_followed_and_counted(tmp_path, target):
    """Wherever they lead: back, aside or out of the folder that is read."""
    folder = tmp_path / "all" / "mails"
    write(folder / "A" / "a.txt")
    write(folder / "beside" / "b.txt")
    write(tmp_path / "elsewhere" / "c.txt")
    (folder / "A" / "link").symlink_to(os.path.relpath(tmp_path / "elsewhere", folder / "A")
                                       if target == "elsewhere" else f"../{target}")  # fmt: skip
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    for read in (read_documents, read_examples, partial(read_examples, nested=True)):
        notices = []
        sources = [one.source for one in read(folder, on_notice=notices.append)]
        assert [Path(source).name for source in sources] == ["a.txt", "b.txt"]
        assert sum(int(n.message.split()[0]) for n in notices) == 2
        assert all("links to folders (none is followed" in n.message for n in notices)
    assert folder_parents([folder]) == {"A": None, "beside": None}
    assert source_size(folder) == 10


def test_a_folder_that_is_named_may_be_a_link_and_links_to_files_are_read(tmp_path):
    write(tmp_path / "all" / "A" / "a.txt")
    (tmp_path / "all" / "A" / "b.txt").symlink_to("a.txt")
    (tmp_path / "link").symlink_to("all")
    assert [d.id for d in read_documents(tmp_path / "link")] == ["A/a.txt", "A/b.txt"]
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "link").symlink_to("../all")
    with pytest.raises(InputError, match=r"no documents in it.*links to folders"):
        list(read_documents(tmp_path / "inbox"))
    assert [d.id for d in read_documents(tmp_path / "inbox" / "link")] == ["A/a.txt", "A/b.txt"]


@contextmanager
def nested(folder, name, depth):
    """Folders one in another, made and removed step by step: their paths are too long for names."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(depth):
            os.mkdir(name)
            os.chdir(name)
        with open("a.txt", "w") as file:
            file.write("deep")
        os.chdir(before)
        yield
    finally:
        os.chdir(folder)
        for _ in range(depth):
            os.chdir(name)
        os.unlink("a.txt")
        for _ in range(depth):
            os.chdir("..")
            os.rmdir(name)
        os.chdir(before)


def test_folders_nested_deeper_than_the_stack(tmp_path):
    with nested(tmp_path, "d", 1500):
        (document,) = read_documents(tmp_path)
        assert document.text == "deep"
        assert source_size(tmp_path) == 4


def test_folders_nested_deeper_than_paths_may_be_long(tmp_path):
    with nested(tmp_path, "d" * 200, 30):
        bad = []
        assert list(read_documents(tmp_path, on_unreadable=bad.append)) == []
    assert "file name too long" in bad[0].reason


def test_names_outside_utf8_stay_apart(tmp_path):
    for name in (b"caf\xe8.txt", b"caf\xe9.txt"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(name[3:4].hex().encode())
    documents = list(read_documents(tmp_path))
    assert [d.id for d in documents] == ["caf\\xe8.txt", "caf\\xe9.txt"]
    for document in documents:
        document.source.encode()
    (one,) = read_documents(os.fsdecode(os.path.join(os.fsencode(tmp_path), b"caf\xe9.txt")))
    assert (one.id, one.text) == ("caf\\xe9.txt", "e9")


# -- several sources ------------------------------------------------------------------------------


def test_documents_of_several_sources_have_ids_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in "ab":
        write(tmp_path / folder / "scan1.txt", folder)
        write(tmp_path / folder / "deep" / "scan1.txt", folder)
        write(tmp_path / folder / "t.csv", "text\nx\ny\n")
        np.save(tmp_path / folder / "e.npy", np.eye(2))
    sources = [
        f"{folder}/{name}" for folder in "ab" for name in ("scan1.txt", "deep", "t.csv", "e.npy")
    ]
    documents = list(read_documents(sources))
    ids = [d.id for d in documents]
    assert len(set(ids)) == len(ids) == 12
    assert ids[:4] == ["a/scan1.txt", "a/deep/scan1.txt", "a/t.csv:2", "a/t.csv:3"]
    assert [d.source for d in documents][:2] == ["a/scan1.txt", "a/deep/scan1.txt"]
    assert [d.id for d in read_documents(["a/scan1.txt", "a/deep", "b/t.csv"])] == [
        "scan1.txt", "deep/scan1.txt", "t.csv:2", "t.csv:3"]  # fmt: skip
    assert [d.id for d in read_documents("a/deep")] == ["scan1.txt"]


def test_a_document_is_not_read_twice(tmp_path):
    path = write(tmp_path / "a" / "1.txt")
    with pytest.raises(InputError, match=r"1.txt: given twice"):
        read_documents([path, tmp_path / "a" / ".." / "a" / "1.txt"])
    with pytest.raises(InputError, match=r"1.txt: lies in .*, which is read as well"):
        read_documents([path, tmp_path])
    with pytest.raises(InputError, match=r"stdin: given twice"):
        read_documents(["-", "-"])
    assert len(list(read_documents([path]))) == 1
    assert list(read_documents([])) == []


def test_an_id_stands_once_over_all_sources_of_examples(tmp_path):
    for name in "ab":
        write(tmp_path / f"{name}.csv", f"text,label,id\n{name},x,7\n")
    with pytest.raises(InputError, match=r"b.csv:2: the id '7' again.*a.csv:2"):
        list(read_examples([tmp_path / "a.csv", tmp_path / "b.csv"]))


@pytest.mark.parametrize("source", [None, 3, b"a.txt", [None], [b"a.txt"], {"a": 1}.items()])
def test_what_is_no_path_is_refused(source):
    with pytest.raises(InputError, match=r"a source of type"):
        read_documents(source)


def test_a_link_to_a_folder_above_is_named_and_not_followed(tmp_path):
    space, folder = tmp_path / "a.space", tmp_path / "mail"
    call("init", space, "--encoder", "hashing")
    call("add", space, "bill", "--text", "pay the bill")
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("pay the bill")
    (folder / "deep" / "up").symlink_to(folder)
    done = call("label", space, folder, "--json")
    assert len(done.stdout.splitlines()) == 1
    assert "1 left out, links to folders" in done.stderr

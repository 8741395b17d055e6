"""Paths that are missing, unreadable, links or pipes: each refusal says what to do."""

import os

import pytest
from sources import documents, examples, refused, write

from protolabel.readers import (
    read_descriptions,
    read_documents,
    read_examples,
    source_size,
)


@pytest.mark.parametrize("read", [read_documents, read_examples, read_descriptions, source_size])
def test_a_missing_file_is_refused_at_the_call_with_near_names(tmp_path, read):
    write(tmp_path / "inbox.jsonl", "x")
    path = tmp_path / "imbox.jsonl"
    refused(
        lambda: read(path),
        got=f"{path}: no such file",
        expected="a file",
        remedy=f"did you mean {tmp_path / 'inbox.jsonl'}?",
    )


def test_a_missing_folder_and_a_file_taken_for_one(tmp_path):
    refused(lambda: read_documents(tmp_path / "no" / "x.txt"), got="no such file", remedy="ls ")
    write(tmp_path / "a.txt", "x")
    refused(lambda: read_documents(tmp_path / "a.txt" / "b"), got="cannot be read (not a dir")
    refused(lambda: read_documents(""), got="no such file", remedy="ls .")
    refused(lambda: read_documents("a\0b"), got="a\\x00b", expected="the path of a file")


@pytest.mark.parametrize("inside", [False, True])
def test_unreadable_files(tmp_path, monkeypatch, inside):
    """Where the tests run as root no mode bits stop them: there the refusal is imitated."""
    path = write(tmp_path / "in" / "a.txt", "x")
    path.chmod(0)
    if os.access(path, os.R_OK):

        def deny(*_args, **_options):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", deny)
    refused(
        lambda: documents(path.parent if inside else path),
        got=f"{path}: cannot be read (permission denied)",
        expected="readable",
        remedy="ls -ld",
    )


def test_an_unreadable_folder(tmp_path, monkeypatch):
    def deny(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.listdir", deny)
    refused(lambda: documents(tmp_path), got=f"{tmp_path}: cannot be read", remedy="ls -ld")


def test_empty_folders(tmp_path):
    write(tmp_path / ".hidden", "x")
    (tmp_path / "sub").mkdir()
    refused(lambda: documents(tmp_path), got="no documents in it", remedy="hidden")
    refused(lambda: examples(tmp_path), got="no documents in it", remedy="hidden")


def test_links(tmp_path):
    write(tmp_path / "a/1.txt", "x")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert [d.id for d in documents(tmp_path)] == ["a/1.txt"]
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert [d.id for d in documents(tmp_path)] == ["a/1.txt"]
    (tmp_path / "self").symlink_to(tmp_path / "self")
    refused(lambda: documents(tmp_path / "self"), got="too many levels")
    (tmp_path / "self").unlink()
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    refused(lambda: documents(tmp_path), got="a link to", remedy="remove the link")


def test_a_pipe_in_a_folder(tmp_path):
    os.mkfifo(tmp_path / "p")
    refused(lambda: documents(tmp_path), got="neither a file nor a folder", remedy="move it")


def test_a_table_of_embeddings_in_a_folder_of_documents(tmp_path):
    path = write(tmp_path / "e.npy", "x")
    refused(lambda: documents(tmp_path), got=f"{path}: a table", expected="one", remedy="own path")


def test_names_that_are_not_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(b"x")
    (document,) = documents(tmp_path)
    assert document.id == "caf\\xe9.txt"
    document.source.encode()


def test_formats_that_do_not_fit(tmp_path):
    path = write(tmp_path / "a.txt", "x")
    refused(lambda: read_documents(path, fmt="xml"), got="format 'xml'", expected="jsonl")
    refused(lambda: read_documents(path, fmt="folder"), got="not a folder", remedy="leave")
    refused(lambda: read_documents(tmp_path, fmt="csv"), got="a folder", remedy="leave")
    assert documents(tmp_path, fmt="folder")

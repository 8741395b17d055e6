"""The standard input and named pipes: what is read of them, and when."""

import json
import os
import subprocess
import threading

import pytest
from prepared_commands import prepared_program
from sources import SRC, write

from protolabel.readers import (
    read_documents,
    source_size,
)

SCRIPT = """
import sys, json
from protolabel.errors import InputError
from protolabel.readers import *
options = json.loads(sys.argv[1])
try:
    print(json.dumps(source_size("-")), flush=True)
    for d in read_documents("-", **options):
        print(json.dumps([d.id, d.text]), flush=True)
except InputError as error:
    print("InputError", error)
    sys.exit(error.exit_code)
"""


def command(**options):
    return [prepared_program(), "-c", SCRIPT, json.dumps(options)]


def piped(data, **options):
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    done = subprocess.run(command(**options), input=data, capture_output=True, env=env, check=False)
    assert done.stderr == b""
    return done.returncode, done.stdout.decode().splitlines()


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"one\n\ntwo", [["stdin:1", "one"], ["stdin:3", "two"]]),
        (b'\n \n{"text": "one"}\n', [["stdin:3", "one"]]),
        (b'\xef\xbb\xbf{"text": "one", "id": "a"}', [["a", "one"]]),
        (b"", []),
        (b"\n\n", []),
    ],
)
def test_stdin_is_jsonl_or_lines(data, texts):
    code, lines = piped(data)
    assert code == 0
    assert lines[0] == "null"
    assert [json.loads(line) for line in lines[1:]] == texts


def test_stdin_in_a_format_that_is_given():
    assert piped(b"text\na\n", fmt="csv") == (0, ["null", '["stdin:2", "a"]'])
    assert piped(b"a\nb\n", fmt="text") == (0, ["null", '["stdin", "a\\nb\\n"]'])
    code, lines = piped(b"a\n", fmt="npy")
    assert code == 2
    assert "stdin: format 'npy'" in lines[-1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"text": "a"}\n{"text": 1}\n', "stdin:2: 'text' is a number"),
        (b"%PDF-1.7 ...", "stdin: a PDF file"),
        (b"\xc3\xa9\nna\xefve\n", "stdin:2: byte 0xEF at byte 5 is not UTF-8"),
    ],
)
def test_stdin_refusals(data, message):
    code, lines = piped(data)
    assert code == 2
    assert lines[-1].startswith(f"InputError {message}")


def test_a_redirected_file_has_a_size(tmp_path):
    path = write(tmp_path / "in", "one\ntwo\n")
    with path.open("rb") as file:
        env = {**os.environ, "PYTHONPATH": str(SRC)}
        done = subprocess.run(command(), stdin=file, capture_output=True, env=env, check=True)
    assert done.stdout.splitlines()[0] == b"8"


def test_stdin_answers_before_the_pipe_closes():
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command(), stdin=pipe, stdout=pipe, env=env) as process:
        assert process.stdout.readline() == b"null\n"
        process.stdin.write(b"one\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == ["stdin:1", "one"]
        process.stdin.close()
        process.wait(timeout=20)


def test_a_named_pipe_is_read_like_stdin(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_text('{"text": "one"}\n'))
    writer.start()
    assert source_size(path) is None
    assert [(d.id, d.text) for d in read_documents(path)] == [("fifo:1", "one")]
    writer.join()

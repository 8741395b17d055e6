"""The command line as people and pipes use it: real processes, exit codes, JSON, bad input."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from commands import ENVIRONMENT
from commands import call as run
from commands import records as lines

from protolabel.answers import Answer, Evidence
from protolabel.types import Comparison


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    """A label space with three classes, made by commands."""
    folder = tmp_path_factory.mktemp("cli")
    space = folder / "mail.space"
    run("init", space, "--encoder", "hashing")
    (folder / "d.json").write_text('{"invoice": "a bill to pay", "cv": "a job application"}')
    run("describe", space, folder / "d.json")
    rows = [
        {"text": f"please pay the bill number {n}", "label": "invoice", "id": f"i{n}"}
        for n in range(6)
    ]
    rows += [{"text": f"I apply for job {n} as engineer", "label": "cv"} for n in range(6)]
    rows += [{"text": f"this agreement {n} is confidential", "label": "nda"} for n in range(6)]
    (folder / "e.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    run("import", space, folder / "e.jsonl")
    return space


@pytest.fixture
def space(mail, tmp_path) -> Path:
    """A copy that a test may change."""
    run("backup", mail, tmp_path / "copy.space")
    return tmp_path / "copy.space"


# -- the main job -----------------------------------------------------------------------------


def test_label_writes_one_documented_object_a_line(mail):
    answers = lines("label", mail, "--text", "pay this bill", "--text", "job as engineer", "--json")
    assert [a["label"] for a in answers] == ["invoice", "cv"]
    assert [a["id"] for a in answers] == ["text:1", "text:2"]
    for answer in answers:
        fields = [name for name in Answer.__dataclass_fields__ if name not in ("id", "source")]
        assert list(answer) == ["id", "source", *fields]
        assert list(answer["evidence"]) == list(Evidence.__dataclass_fields__)
        assert answer["alternatives"][0]["score"] == answer["score"]
        assert 0 <= answer["probability"] <= 1
        assert answer["encoder_fingerprint"].startswith("hashing")


def test_the_same_answer_from_files_folders_pipes_and_python(mail, tmp_path):
    from protolabel import LabelSpace

    texts = ["pay the bill", "an engineer applies", "confidential agreement"]
    for n, text in enumerate(texts):
        (tmp_path / f"{n}.txt").write_text(text)
    rows = "".join(json.dumps({"id": f"{n}.txt", "text": t}) + "\n" for n, t in enumerate(texts))
    (tmp_path / "all.jsonl").write_text(rows)
    folder = tmp_path / "folder"
    folder.mkdir()
    for n, text in enumerate(texts):
        (folder / f"{n}.txt").write_text(text)
    with LabelSpace(mail, background=False) as space:
        expected = [(a.id, a.label, a.score) for a in space.label_many(texts)]
    for inputs, stdin in (
        ([tmp_path / f"{n}.txt" for n in range(3)], ""),
        ([folder], ""),
        ([tmp_path / "all.jsonl"], ""),
        (["-"], rows),
        (["-"], "\n".join(texts)),
    ):
        answers = lines("label", mail, *inputs, "--json", stdin=stdin)
        assert [a["label"] for a in answers] == [label for _, label, _ in expected]
        assert [a["score"] for a in answers] == pytest.approx([s for _, _, s in expected], abs=1e-6)


def test_people_get_tables_and_sentences(mail):
    assert "invoice" in run("label", mail, "--text", "pay the bill").stdout
    assert "a bill to pay" in run("classes", mail).stdout
    assert "please pay the bill number 3" in run("show", mail, "invoice").stdout
    assert "label space made" in run("history", mail).stdout
    assert "is sound" in run("check", mail).stdout
    assert "hashing" in run("info", mail).stdout


def test_changes_one_by_one(space):
    assert lines("rename", space, "nda", "NDA", "--json")[0]["kind"] == "rename"
    run("merge", space, "invoice", "NDA", "--into", "paper")
    assert {c["name"] for c in lines("classes", space, "--json")} == {"cv", "paper"}
    run("split", space, "paper", "--part", "invoice=i0,i1,i2")
    assert lines("show", space, "invoice", "--json")[0]["examples"] == 3
    run("move", space, "i0", "--to", "paper")
    run("remove", space, "i1")
    run("retire", space, "cv")
    assert [c["retired"] for c in lines("classes", space, "--json") if c["name"] == "cv"] == [True]
    run("unretire", space, "cv")
    run("set", space, "threshold", "none")
    before = run("export", space).stdout
    run("add", space, "cv", "--text", "one more")
    run("undo", space)
    assert run("export", space).stdout == before
    run("redo", space)
    run("undo", space)
    run("return", space, 3)
    assert {c["name"] for c in lines("classes", space, "--json")} == {"invoice", "cv", "nda"}
    old = lines("classes", space, "--at", 2, "--json")
    assert {c["name"] for c in old} == {"invoice", "cv"}
    assert lines("history", space, "--limit", 1, "--json")[0]["kind"] == "return"
    run("check", space)


def test_add_takes_texts_files_folders_and_stdin(space, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.txt").write_text("box one")
    (tmp_path / "in" / "2.txt").write_text("box two")
    (tmp_path / "x.csv").write_text('text,extra\n"box, three",1\nbox four,2\n')
    run(
        "add",
        space,
        "box",
        tmp_path / "in",
        tmp_path / "x.csv",
        "-",
        "--text",
        "box five",
        stdin="box six\nbox seven\n",
    )
    assert lines("show", space, "box", "--json")[0]["examples"] == 7


def test_a_folder_of_folders_is_imported(space, tmp_path):
    for name in ("alpha", "beta"):
        (tmp_path / "tree" / name).mkdir(parents=True)
        (tmp_path / "tree" / name / "1.txt").write_text(f"about {name}")
    run("import", space, tmp_path / "tree")
    assert {"alpha", "beta"} < {c["name"] for c in lines("classes", space, "--json")}


def test_an_interrupted_run_resumes_where_it_stopped(mail, tmp_path):
    source, out = tmp_path / "many.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(f'{{"id": "{n}", "text": "pay {n}"}}\n' for n in range(20_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "protolabel", "label", str(mail), str(source), "--out", str(out)],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
    )
    while not out.exists() or out.stat().st_size == 0:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert b"--resume" in err
    done = out.read_text().count("\n")
    assert 0 < done < 20_000
    with out.open("a") as file:
        file.write('{"id": "cut o')  # as a kill in the middle of a line leaves it
    assert "exists already" in run("label", mail, source, "--out", out, code=2).stderr
    run("label", mail, source, "--out", out, "--resume")
    ids = [json.loads(line)["id"] for line in out.read_text().splitlines()]
    assert ids == [str(n) for n in range(20_000)]


def test_output_into_a_closed_pipe_is_no_error(mail):
    command = f"{sys.executable} -m protolabel label {mail} - --json --no-progress | head -1"
    stdin = "".join(f"pay {n}\n" for n in range(20_000))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        input=stdin.encode(),
        capture_output=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_an_answer_that_cannot_be_written_is_one_clear_error(mail, tmp_path):
    out = tmp_path / "nowhere" / "answers.jsonl"
    done = run("label", mail, "--text", "pay", "--json", "--out", out, code=1)
    assert f"{out}: No such file or directory; expected" in done.stderr
    assert "to fix it" in done.stderr


def test_progress_on_stderr_where_it_is_asked_for(mail):
    done = run("label", mail, "-", "--json", "--progress", stdin="pay one\npay two\n")
    assert "documents" in done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_precomputed_vectors(tmp_path):
    space = tmp_path / "v.space"
    run("init", space, "--encoder", "precomputed:3")
    rows = [{"embedding": [1, 0, 0.1], "label": "x"}, {"embedding": [0, 1, 0], "label": "y"}]
    run("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    np.save(tmp_path / "q.npy", np.array([[0.9, 0, 0], [0.1, 2, 0]], dtype=np.float32))
    assert [a["label"] for a in lines("label", space, tmp_path / "q.npy", "--json")] == ["x", "y"]
    assert "made elsewhere" in run("label", space, "--text", "words", code=2).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell):
    assert "protolabel" in run("completion", shell).stdout


def test_bash_completes_commands():
    done = subprocess.run(
        [sys.executable, "-m", "protolabel"],
        capture_output=True,
        check=False,
        env=ENVIRONMENT
        | {
            "_PROTOLABEL_COMPLETE": "bash_complete",
            "COMP_WORDS": "protolabel re",
            "COMP_CWORD": "1",
        },
    )
    assert {"rename", "retire", "restore", "remove", "redo", "return"} <= {
        line.split(b",")[1].decode() for line in done.stdout.splitlines()
    }


# -- another encoder ------------------------------------------------------------------------------


def test_reencode_compares_moves_and_is_undone(space):
    before = run("export", space, "--vectors").stdout
    version = lines("info", space, "--json")[0]["version"]
    tried = run("reencode", space, "--encoder", "hashing:64", "--dry-run").stdout
    assert "95 % interval" in tried
    assert "only compared; nothing was changed" in tried
    assert run("export", space, "--vectors").stdout == before
    run("set", space, "threshold", 0.4)
    version += 1
    before = run("export", space, "--vectors").stdout
    done = run("reencode", space, "--encoder", "hashing:64", "--json")
    assert "threshold 0.4 was set for the scores of hashing:512" in done.stderr
    moved = json.loads(done.stdout)
    assert moved["changed"] is True
    assert (moved["from"], moved["to"], moved["version"]) == (
        "hashing:512",
        "hashing:64",
        version + 1,
    )
    assert moved["encoded"] == 21
    assert list(moved["comparison"]) == list(Comparison.__dataclass_fields__)
    assert "difference" in tried
    assert f"{moved['comparison']['new_accuracy']:.1%}" in tried
    (newest, *_) = lines("history", space, "--json")
    assert newest["kind"] == "reencode"
    assert newest["summary"] == "re-encoded hashing:512 -> hashing:64, 21 vectors"
    (answer,) = lines("label", space, "--text", "please pay the bill number 9", "--json")
    assert answer["alternatives"][0]["label"] == "invoice"
    assert answer["encoder_fingerprint"] == "hashing:64"
    (answer,) = lines(
        "label", space, "--text", "please pay the bill number 9", "--json", "--at", version
    )
    assert answer["encoder_fingerprint"] == "hashing:512"
    again = run("reencode", space, "--encoder", "hashing:64")
    assert "nothing to do" in again.stdout
    run("undo", space)
    assert run("export", space, "--vectors").stdout == before
    run("check", space)


def test_reencode_keeps_the_better_encoder(space):
    rows = [
        {"text": f"{k * 7919 % 997} {word} {k * 104729 % 991} {k}", "label": word}
        for k in range(12)
        for word in ("apple", "pear", "plum", "fig")
    ]
    run("import", space, "-", stdin="".join(json.dumps(row) + "\n" for row in rows))
    version = lines("info", space, "--json")[0]["version"]
    process = run("reencode", space, "--encoder", "hashing:8", "--only-if-better", "--progress")
    assert "kept hashing:512" in process.stdout
    assert "documents encoded: 73 of 73" in process.stderr
    assert lines("info", space, "--json")[0]["version"] == version
    (record,) = lines("reencode", space, "--encoder", "hashing:8", "--only-if-better", "--json")
    assert record["changed"] is False
    assert record["reason"].startswith("kept hashing:512")


def test_reencode_refuses_what_cannot_be(space, tmp_path):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    for name, code in (("nope/nope", 4), (tmp_path / "half", 4), ("precomputed:8", 4)):
        error = run("reencode", space, "--encoder", name, code=code).stderr
        assert "expected" in error
    vector = json.dumps({"embedding": [1.0] * 512, "label": "cv", "id": "v"})
    run("import", space, "-", stdin=vector)
    before = run("history", space).stdout
    error = run("reencode", space, "--encoder", "hashing:64", code=2).stderr
    assert "'v' of class 'cv'" in error
    assert f"protolabel remove {space} v" in error
    assert run("history", space).stdout == before


SLOW = """
import sys, time
from protolabel.label_space import item_vectors
from protolabel.cli import main
from protolabel.encoders.hashing import HashingEncoder
item_vectors.BATCH = 2
encode = HashingEncoder.encode
def slowly(self, texts):
    time.sleep(0.1)
    return encode(self, texts)
HashingEncoder.encode = slowly
sys.argv = ["protolabel", "reencode", sys.argv[1], "--encoder", "hashing:64"]
main()
"""


def test_reencode_is_interrupted_and_goes_on(space):
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(space)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while _vectors(space, 2) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130
    kept = _vectors(space, 2)
    assert f"stopped; {kept} of 21 documents are encoded and kept: run the same command" in error
    assert "The encoder in force is hashing:512" in error
    run("check", space)
    (moved,) = lines("reencode", space, "--encoder", "hashing:64", "--json")
    assert (moved["changed"], moved["encoded"]) == (True, 21 - kept)


def _vectors(space: Path, encoding: int) -> int:
    import sqlite3

    db = sqlite3.connect(space)
    (n,) = db.execute("SELECT count(*) FROM vectors WHERE encoding = ?", (encoding,)).fetchone()
    db.close()
    return n


# -- bad input: one clear error each, an exit code, nothing stored --------------------------------


BAD = {
    "empty text": (b'{"text": "ok", "label": "a"}\n{"text": " ", "label": "a"}', 2, ":2"),
    "binary": (b"\x00\x01\x02" * 50, 2, "text"),
    "wrong encoding": ('{"text": "é'.encode() + b'\xe9", "label": "a"}', 2, "iconv"),
    "broken JSON": (b'{"text": "ok", "label": "a"}\n{"text": ', 2, ":2"),
    "NaN": (b'{"embedding": [NaN, 1], "label": "a"}', 2, ":1"),
    "wrong dimension": (b'{"embedding": [1, 2, 3], "label": "a"}', 2, "shape"),
    "no label": (b'{"text": "x"}', 2, "label"),
    "a label with a fraction": (b'{"text": "x", "label": 3.5}', 2, "quotes around it"),
    "the same id twice": (
        b'{"text":"x","label":"a","id":"1"}\n{"text":"y","label":"a","id":"1"}',
        2,
        "1",
    ),
    "an id that is taken": (
        b'{"text": "new", "label": "a"}\n{"text":"x","label":"a","id":"i0"}',
        2,
        "taken",
    ),
}


@pytest.mark.parametrize(("content", "code", "message"), BAD.values(), ids=BAD)
def test_a_batch_that_cannot_be_used_is_refused_whole(space, tmp_path, content, code, message):
    before = run("export", space).stdout, run("history", space).stdout
    (tmp_path / "bad.jsonl").write_bytes(content)
    error = run("import", space, tmp_path / "bad.jsonl", code=code).stderr
    assert message in error
    assert "expected" in error
    assert (run("export", space).stdout, run("history", space).stdout) == before


def test_a_line_of_50_megabytes_is_refused_in_bounded_memory(space, tmp_path):
    big = tmp_path / "big.jsonl"
    with big.open("wb") as file:
        file.write(b'{"label": "a", "text": "')
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n')
    assert "big.jsonl:1" in run("import", space, big, code=2).stderr


def test_unknown_names_get_suggestions(space):
    assert "did you mean 'invoice'" in run("rename", space, "invoic", "x", code=3).stderr
    assert "did you mean 'cv'" in run("show", space, "cvs", code=3).stderr
    assert "no example with id 'zz'" in run("remove", space, "zz", code=3).stderr
    assert "exists" in run("rename", space, "nda", "cv", code=3).stderr
    assert "merge instead" in run("rename", space, "nda", "cv", code=3).stderr
    assert "retired" not in run("retire", space, "cv").stderr
    assert "unretire" in run("add", space, "cv", "--text", "x", code=3).stderr
    assert "no version 99" in run("return", space, 99, code=3).stderr


def test_files_that_cannot_be_used(mail, tmp_path):
    assert "protolabel init" in run("classes", tmp_path / "none.space", code=5).stderr
    (tmp_path / "cut.space").write_bytes(mail.read_bytes()[:5000])
    assert run("classes", tmp_path / "cut.space", code=5).stderr
    assert "exists already" in run("init", mail, "--encoder", "hashing", code=5).stderr
    assert (
        "mkdir" in run("init", tmp_path / "no" / "x.space", "--encoder", "hashing", code=5).stderr
    )
    missing = run("label", mail, tmp_path / "nothing.txt", code=2).stderr
    assert "nothing.txt" in missing
    assert "no document" in run("label", mail, code=2).stderr


def test_an_encoder_that_is_not_the_space_s_own(mail):
    error = run("label", mail, "--text", "x", "--encoder", "hashing:64", code=4).stderr
    assert "hashing" in error
    assert "expected" in error
    assert run("init", mail.parent / "x.space", "--encoder", "/no/such/folder", code=4).stderr


def test_usage_errors_are_exit_code_2():
    assert "No such command" in run("lable", code=2).stderr
    assert "Missing argument" in run("classes", code=2).stderr


def test_check_repairs_what_is_derived(space):
    import sqlite3

    db = sqlite3.connect(space, isolation_level=None)
    db.execute("UPDATE sums SET n = n + 1")
    db.close()
    assert "--repair" in run("check", space, code=5).stderr
    assert "repaired" in run("check", space, "--repair").stdout
    run("check", space)

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
from commands import ENVIRONMENT, call
from commands import call as run
from commands import records as lines
from mail_space import mail_space

from protolabel.answers import Answer, Evidence


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    return mail_space(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def space(mail, tmp_path) -> Path:
    """A copy that a test may change."""
    run("backup", mail, tmp_path / "copy.space")
    return tmp_path / "copy.space"


def test_label_writes_one_documented_object_a_line(mail):
    answers = lines("label", mail, "--text", "pay this bill", "--text", "job as engineer", "--json")
    assert [a["label"] for a in answers] == ["invoice", "cv"]
    assert [a["id"] for a in answers] == ["text:1", "text:2"]
    for answer in answers:
        elsewhere = ("id", "source", "levels", "labels")  # the last two: where there are any
        fields = [name for name in Answer.__dataclass_fields__ if name not in elsewhere]
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
    assert "please pay the bill number d" in run("show", mail, "invoice").stdout
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


@pytest.mark.slow
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
    done = run("label", mail, "--text", "pay", "--json", "--out", out, code=2)
    assert f"{out}: no folder {out.parent}; expected" in done.stderr
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


def test_a_command_that_is_an_option_elsewhere_names_it():
    error = call("sort", "mail.space", "inbox", code=2).stderr
    assert "protolabel label SPACE INBOX --sort-into FOLDER" in error


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["cv"], "expected 'cv', the one class of this label space"),
        (["cv", "bill"], "expected one of the 2 classes of this label space"),
    ],
)
def test_the_classes_that_may_be_named_are_counted(tmp_path, labels, expected):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    for label in labels:
        call("describe", space, label, "words")
    assert expected in " ".join(call("show", space, "nobody", code=3).stderr.split())

"""`protolabel evaluate` at the command line, its report, and the library calls behind it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from commands import ENVIRONMENT, call, run
from fakes import WordEncoder
from prepared_commands import prepared_program
from report_pages import NASTY, checked_report
from spelt_numbers import spelt

from protolabel import Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.forecast import CannotTell, Forecast
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.of_own_examples import evaluate_space
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.report.page import html_of

TOPICS = {
    "invoice": "pay bill amount due transfer account",
    "reminder": "pay bill overdue late second notice",
    "cv": "job apply engineer work experience team",
    NASTY: "secret confidential agreement disclose party sign",
}
OTHERS = ("of", "we", "bill", "job", "sign")


def rows(each: int, seed: int = 0) -> list[dict]:
    rng = random.Random(seed)
    records = []
    for label, words in TOPICS.items():
        for n in range(each):
            text = " ".join(rng.choices(words.split(), k=2) + rng.choices(OTHERS, k=6))
            records.append({"text": f"{text} <i>&{n}", "label": label, "id": f"{label[:3]}{n}"})
    return records


def write(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """A table of 4 x 12 documents, another, and a label space of 8 a class."""
    folder = tmp_path_factory.mktemp("evaluate")
    write(folder / "data.jsonl", rows(12))
    write(folder / "other.jsonl", rows(5, seed=1) + [{"text": "a horse", "label": "stranger"}] * 2)
    call("init", folder / "a.space", "--encoder", "hashing")
    call("import", folder / "a.space", write(folder / "few.jsonl", rows(8)))
    return folder


# -- labelled data ----------------------------------------------------------------------------


def test_data_to_tables_json_and_report(workspace, tmp_path):
    command = (
        *("evaluate", workspace / "data.jsonl", "--encoder", "hashing", "--with-names"),
        *("--ways", "2,4", "--shots", "0,1,5", "--episodes", "50", "--json"),
    )
    done = run(*command, "--report", tmp_path / "r")
    (record,) = (json.loads(line) for line in done.stdout.splitlines())
    page, stored = checked_report(tmp_path / "r", "episodes", "curve", "classes", "confusion")
    assert stored == record
    assert NASTY in page.words
    cells = {(c["way"], c["shot"], c["described"]): c for c in record["episodes"]}
    assert set(cells) == {(w, s, t) for w in (2, 4) for s in (0, 1, 5) for t in (False, True)
                          if s or t}  # fmt: skip
    assert all(c["n"] == 50 and 0 < c["interval"] < 0.2 for c in cells.values())
    assert cells[4, 5, False]["mean"] > cells[4, 1, False]["mean"]
    assert [p["shot"] for p in record["curve"]] == [0, 1, 2, 5, 10]
    assert all(0 < p["prototypes"]["interval"] < 0.5 for p in record["curve"])
    assert record["curve"][0]["refined"] is None
    assert [p["queries"] for p in record["curve"]] == [48, 44, 40, 28, 8]
    table = record["per_class"]["rows"]
    assert sorted(r["label"] for r in table) == sorted(TOPICS)
    assert sum(r["n"] for r in table) == 5 * 28
    assert table[0]["confused_with"][0]["documents"][0]["excerpt"].endswith(tuple("0123456789"))
    assert call(*command).stdout == done.stdout


def test_people_get_tables(workspace):
    output = call(
        "evaluate", workspace / "data.jsonl", "--encoder", "hashing", "--episodes", "20"
    ).stdout
    assert "4 classes: ways 4 instead of 5,20" in output
    assert "4-way, without descriptions" in output
    assert "±" in output
    assert "invoice" in output.split("taken for")[1]


def test_every_key_is_documented(workspace):
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    text = text.split("## `protolabel evaluate`")[1]

    def keys(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    command = (
        "evaluate",
        workspace / "data.jsonl",
        "--encoder",
        "hashing",
        "--episodes",
        "20",
        "--json",
    )
    for arguments in (
        command,
        ("evaluate", "--space", workspace / "a.space", "--json"),
        ("evaluate", "--space", workspace / "a.space", workspace / "other.jsonl", "--json"),
    ):
        for key in keys(json.loads(call(*arguments).stdout)):
            assert f"`{key}`" in text, key


def test_descriptions_and_folders(workspace, tmp_path):
    for row in rows(12):
        folder = tmp_path / "tree" / row["label"].strip("<>/")[:6]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{row['id'].strip('<>')}.txt").write_text(row["text"])
    (tmp_path / "d.json").write_text('{"invoice": "pay bill amount", "gone": "nothing"}')
    done = call(
        *("evaluate", tmp_path / "tree", "--encoder", "hashing", "--ways", "3", "--shots", "1"),
        *("--episodes", "20", "--descriptions", tmp_path / "d.json", "--json"),
    )
    record = json.loads(done.stdout)
    assert [c["described"] for c in record["episodes"]] == [False, True]
    assert any("its name serves" in n and "cv" in n for n in record["notes"])
    assert any("gone" in n for n in record["notes"])


def test_progress_goes_to_stderr(workspace):
    done = call(
        *("evaluate", workspace / "data.jsonl", "--encoder", "hashing", "--episodes", "20"),
        *("--progress", "--json"),
    )
    assert len(done.stdout.splitlines()) == 1
    for stage in ("documents encoded", "episodes", "draws of all classes"):
        assert stage in done.stderr


def test_an_interrupt_ends_it_in_one_line(workspace):
    command = [prepared_program(), "evaluate", str(workspace / "data.jsonl")]
    command += ["--encoder", "hashing", "--episodes", "5000000", "--progress"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stderr
        assert process.stderr.readline()  # of its progress
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()  # one that did not hear it would keep this test waiting for ever
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert err.rstrip().endswith(b"protolabel: interrupted")
    assert not out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ways", "9"], ["4 classes", "9 or more for a way of 9", "lower --ways to 4 or less"]),
        (["--shots", "12"], ["has 12 documents", "13: 12 of support and 1", "--skip-small"]),
        (["--shots", "9", "--skip-small"], ["0 classes (4 left out as too small)"]),
        (["--shots", "0,1"], ["shots of 0 without descriptions", "--with-names"]),
        (["--ways", "1"], ["ways 1", "2 or more"]),
        (["--episodes", "1"], ["episodes 1", "2 or more"]),
        (["--query", "0"], ["query 0", "1 or more"]),
        (["--kappa", "-1"], ["kappa -1"]),
        (["--ways", "two"], ["'two' is not whole numbers"]),
        (["--more", "3"], ["--more for labelled data"]),
        (["--space", "a.space", "--ways", "5"], ["--ways for a label space on labelled data"]),
    ],
)
def test_what_cannot_be_done_is_refused_before_encoding(workspace, arguments, message):
    # an encoder that is not there: it would be named if it were looked for
    done = call("evaluate", workspace / "data.jsonl", "--encoder", "/nowhere", *arguments, code=2)
    assert not done.stdout
    for part in message:
        assert part in done.stderr


@pytest.mark.parametrize(
    "option",
    [
        "--encoder hashing", "--encoder /nowhere", "--format csv", "--text-field body",
        "--id-field number", "--label-field class", "--label-separator ;", "--encoding koi8-r",
        "--skip-bad",
    ],
)  # fmt: skip
def test_a_space_on_its_own_examples_has_no_use_for_options_of_documents(workspace, option):
    done = call("evaluate", "--space", workspace / "a.space", *option.split(), code=2)
    assert not done.stdout
    assert f"{option.split()[0]} for a label space; expected options that have" in done.stderr
    assert "to fix it: leave them out" in done.stderr


def test_other_bad_inputs(workspace, tmp_path):
    assert "no data" in call("evaluate", code=2).stderr
    assert (
        "--with-names for a label space"
        in call("evaluate", "--space", workspace / "a.space", "--with-names", code=2).stderr
    )
    assert "not there" in call("evaluate", tmp_path / "not there.jsonl", code=2).stderr
    (tmp_path / "file").write_text("x")
    done = call(
        *("evaluate", workspace / "data.jsonl", "--encoder", "hashing", "--episodes", "5"),
        *("--report", tmp_path / "file"),
        code=2,
    )
    assert "a folder that can be written" in done.stderr
    assert "0" in call("evaluate", "--space", workspace / "a.space", "--more", "0", code=2).stderr


def test_small_classes_can_be_left_out(workspace, tmp_path):
    data = write(tmp_path / "d.jsonl", [*rows(12), {"text": "lone", "label": "lone"}])
    arguments = ("evaluate", data, "--encoder", "hashing", "--episodes", "5")
    assert "class 'lone' has 1 document;" in call(*arguments, code=2).stderr
    record = json.loads(call(*arguments, "--skip-small", "--json").stdout)
    assert (record["classes"], record["documents"]) == (4, 48)
    assert record["notes"][0] == "left out, too few documents: lone"


def test_embeddings_that_documents_bring(tmp_path):
    rng = np.random.default_rng(0)
    examples = [
        Example(f"c{k}", embedding=np.eye(4, dtype=np.float32)[k] + rng.normal(size=4) / 9)
        for k in range(4)
        for _ in range(12)
    ]
    evaluation = evaluate(examples, encoder="precomputed:4", plan=Plan(ways=(3,), episodes=10))
    assert evaluation.episodes[0].accuracy.mean > 0.9
    with pytest.raises(InputError, match="precomputed:4"):
        evaluate(examples, encoder=WordEncoder(), plan=Plan(ways=(3,), episodes=10))


# -- label spaces -----------------------------------------------------------------------------


def test_a_space_on_its_own_examples(workspace, tmp_path):
    before = (workspace / "a.space").read_bytes()
    done = call("evaluate", "--space", workspace / "a.space", "--report", tmp_path / "r", "--json")
    record = json.loads(done.stdout)
    page, stored = checked_report(tmp_path / "r", "curve", "classes", "confusion")
    assert stored == record
    assert "3 more examples of each class" in page.words
    assert (workspace / "a.space").read_bytes() == before
    assert record["forecast"]["low"] <= record["forecast"]["then"] <= record["forecast"]["high"]
    assert [p["shot"] for p in record["curve"]] == [0, 1, 2, 3, 4, 5, 7]
    assert record["shares"]["leave-one-out, prototypes"]["n"] == 32
    excerpts = {r["text"] for r in rows(8)}
    confusions = [d for r in record["per_class"]["rows"] for c in r["confused_with"]
             for d in c["documents"]]  # fmt: skip
    assert confusions
    assert all(d["excerpt"] in excerpts for d in confusions)
    output = call("evaluate", "--space", workspace / "a.space").stdout
    assert "a gain of" in output


def test_leave_one_out_is_that_of_the_calibration(workspace):
    with LabelSpace(workspace / "a.space", background=False) as space:
        evaluation = evaluate_space(space)
        space.configure(refine=False)
        space.settle()
        calibration = space.view().calibration
        assert evaluation.shares["leave-one-out, prototypes"].share == calibration.accuracy
        space.undo()
    assert isinstance(evaluation.forecast, Forecast)


class Overtaken(LabelSpace):
    """As soon as its view is taken, another process moves the label space to another encoder."""

    others: Callable[[], object] | None = None

    def view(self):
        taken = super().view()
        if self.others is not None:
            act, self.others = self.others, None
            act()
        return taken


def test_a_space_that_is_moved_to_another_encoder_meanwhile(workspace, tmp_path):
    call("backup", workspace / "a.space", tmp_path / "copy.space")
    space = Overtaken(tmp_path / "copy.space", background=False)
    with space:
        space.others = lambda: call("reencode", space.path, "--encoder", "hashing:24")
        evaluation = evaluate_space(space)
    with LabelSpace(tmp_path / "copy.space", background=False) as after:
        assert evaluation.encoder == after.fingerprint == "hashing:24"
        assert evaluation == evaluate_space(after)


def test_a_space_on_labelled_data(workspace, tmp_path):
    done = call(
        *("evaluate", "--space", workspace / "a.space", workspace / "other.jsonl"),
        *("--report", tmp_path / "r", "--json"),
    )
    record = json.loads(done.stdout)
    checked_report(tmp_path / "r", "classes", "confusion")
    labelled = call(
        "label", workspace / "a.space", workspace / "other.jsonl", "--json"
    ).stdout.splitlines()
    answers = [json.loads(line) for line in labelled]
    truth = [r["label"] for r in rows(5, seed=1)]
    of_classes = answers[: len(truth)]
    right = [a["alternatives"][0]["label"] == t for a, t in zip(of_classes, truth, strict=True)]
    taken = [a["label"] is not None for a in of_classes]
    shares = record["shares"]
    assert shares["best class right"]["share"] == pytest.approx(np.mean(right))
    assert shares["answered"]["share"] == pytest.approx(np.mean(taken))
    both = [r for r, t in zip(right, taken, strict=True) if t]
    assert shares["right among the answered"] == {
        "share": pytest.approx(np.mean(both)), "n": len(both),
        "low": shares["right among the answered"]["low"],
        "high": shares["right among the answered"]["high"],
    }  # fmt: skip
    declined = [a["label"] is None for a in answers[len(truth) :]]
    assert shares["strangers declined"]["share"] == pytest.approx(np.mean(declined))
    assert shares["strangers declined"]["n"] == 2
    assert record["settings"]["threshold"] == pytest.approx(answers[0]["threshold"])
    assert record["notes"] == ["strangers, of classes that it does not have: stranger"]


def test_a_space_that_has_too_little(space):
    evaluation = evaluate_space(space)  # classes of 2 examples, 1, and a description alone
    assert isinstance(evaluation.forecast, CannotTell)
    assert "needs 20 examples" in evaluation.forecast.reason
    assert "not measured, a single document: cv" in evaluation.notes
    assert "cannot be told" in html_of(evaluation, {})
    with pytest.raises(InputError, match="none of a class of this label space"):
        evaluate_space_on(space, [Example("other", "a horse")])
    with LabelSpace.create(encoder=WordEncoder(), background=False) as bare:
        bare.describe({"bill": "pay bill", "box": "ship box"})
        with pytest.raises(InputError, match="one to leave out"):
            evaluate_space(bare)


@pytest.mark.parametrize(("size", "shots", "query"), [(2, [1], 1), (3, [1], 2), (7, [1, 5], 2)])
def test_defaults_fit_the_smallest_class_and_say_so(tmp_path, size, shots, query):
    rows = [(label, n) for label, most in (("a", 30), ("b", size), ("c", 12)) for n in range(most)]
    data = tmp_path / "few.jsonl"
    data.write_text("".join(
        json.dumps({"text": f"{label} {label}{spelt(n)} {spelt(n * 7)}", "label": label}) + "\n"
        for label, n in rows
    ))  # fmt: skip
    quick = ("--encoder", "hashing", "--episodes", "5", "--draws", "2")
    record = json.loads(call("evaluate", data, *quick, "--json").stdout)
    assert record["settings"]["shots"] == shots
    assert record["settings"]["query"] == query
    assert any(f"'b', has {size} documents" in note for note in record["notes"])
    fixed = call("evaluate", data, *quick, "--query", "5", "--shots", "5", "--json", code=2)
    assert "lower --shots or --query" in fixed.stderr

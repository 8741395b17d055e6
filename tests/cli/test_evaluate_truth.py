"""`protolabel evaluate --truth`: documents, answers and an encoder beside a table of labels."""

from __future__ import annotations

import csv
import json

import pytest
from commands import call

WORDS = {"invoice": "pay bill amount due", "cv": "apply job work team"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A label space, an inbox with eight letters, their truth, and a letter of no class."""
    folder = tmp_path_factory.mktemp("office")
    space = folder / "a.space"
    call("init", space, "--encoder", "hashing")
    for label, words in WORDS.items():
        texts = [f"--text={words} {n} {label}" for n in ("one", "two", "three", "four", "five")]
        call("add", space, label, *texts)
    call("set", space, "threshold", "0.35")
    (folder / "inbox" / "may").mkdir(parents=True)
    rows = []
    for number, label in enumerate(["invoice", "cv"] * 4):
        name = f"may/{number}.txt" if number > 5 else f"{number}.txt"
        (folder / "inbox" / name).write_text(f"{WORDS[label]} letter {number} of spring")
        rows.append((name, label))
    (folder / "inbox" / "weather.txt").write_text("sunny and mild wind from west")
    with open(folder / "truth.csv", "w", newline="") as file:
        csv.writer(file).writerows([("file", "type"), *rows, ("weather.txt", "none of these")])
    return folder


def evaluated(*args: object, code: int = 0) -> dict:
    return json.loads(call("evaluate", *args, "--json", code=code).stdout)


def test_a_label_space_is_measured_on_an_inbox_by_a_table(office):
    args = ("--space", office / "a.space", office / "inbox", "--truth", office / "truth.csv")
    record = evaluated(*args)
    output = call("label", office / "a.space", office / "inbox", "--json").stdout
    answers = [json.loads(line) for line in output.splitlines()]
    true = {f"{n}.txt": label for n, label in enumerate(["invoice", "cv"] * 4)}
    right = [a["label"] == true.get(a["id"].rpartition("/")[2]) for a in answers]
    assert record["kind"] == "truth"
    share = record["shares"]["right"]
    assert (share["share"], share["n"]) == (sum(right) / 9, 9)
    assert share["low"] < share["share"] <= share["high"]
    assert sum(cell["count"] for cell in record["confusion"]) == 9
    assert record["documents_without_row"] == record["rows_without_document"] == []
    done = call("evaluate", *args)
    assert "right for" in done.stdout
    assert "strangers declined" in done.stdout
    assert "'file' is read as the source" in done.stderr


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_file_of_answers_is_measured_without_labelling(office, tmp_path, suffix):
    out, truth, space = tmp_path / f"answers.{suffix}", office / "truth.csv", office / "a.space"
    call("label", space, office / "inbox", "--out", out)
    record = evaluated("--answers", out, "--truth", truth)
    measured = evaluated("--space", space, office / "inbox", "--truth", truth)
    shares = {name: share["share"] for name, share in record["shares"].items()}
    assert shares == {name: share["share"] for name, share in measured["shares"].items()}
    beside = evaluated("--answers", out, "--truth", truth, "--space", space)
    assert beside["shares"] == record["shares"]


def test_the_table_may_lie_among_the_documents_and_miss_some_of_them(office, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.txt").write_text("pay bill amount due in june")
    (inbox / "b.txt").write_text("apply job work team in june")
    (inbox / "truth.csv").write_text("id;label\na.txt;invoice\nc.txt;cv\n")
    args = ("--space", office / "a.space", inbox, "--truth", inbox / "truth.csv")
    record = evaluated(*args)
    assert record["documents"] == 1
    assert [name.rpartition("/")[2] for name in record["documents_without_row"]] == ["b.txt"]
    assert [name.rpartition(": ")[2] for name in record["rows_without_document"]] == ["c.txt"]
    output = call("evaluate", *args).stdout
    assert "documents that the table of truth does not name, left out: 1" in output


def test_what_cannot_be_read_is_skipped_where_that_is_asked_for(office, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.txt").write_text("pay bill amount due in june")
    (inbox / "b.txt").write_bytes(b"\0\1\2")
    (tmp_path / "truth.csv").write_text("id,label\na.txt,invoice\nb.txt,cv\n")
    args = ("--space", office / "a.space", inbox, "--truth", tmp_path / "truth.csv")
    assert "add --skip-bad to go on past it" in call("evaluate", *args, code=2).stderr
    record = evaluated(*args, "--skip-bad", code=6)
    assert len(record["rows_without_document"]) == 1


EPISODES = (
    "--encoder", "hashing", "--ways", "2", "--shots", "1", "--query", "1", "--episodes", "5",
)  # fmt: skip
TEXTS = {
    "invoice": ("please pay by friday", "the amount is due"),
    "cv": ("I apply for work", "my years in a team"),
}


def test_an_encoder_takes_its_labels_from_a_table_too(tmp_path):
    (tmp_path / "inbox").mkdir()
    rows = ["id,label", "stranger.txt,"]
    (tmp_path / "inbox" / "stranger.txt").write_text("sunny and mild")
    for label, texts in TEXTS.items():
        for number, text in enumerate(texts):
            (tmp_path / "inbox" / f"{label}{number}.txt").write_text(text)
            rows.append(f"{label}{number}.txt,{label}")
    (tmp_path / "truth.csv").write_text("\n".join(rows))
    record = evaluated(tmp_path / "inbox", "--truth", tmp_path / "truth.csv", *EPISODES)
    assert (record["kind"], record["documents"]) == ("data", 4)
    assert "of no class, left out: 1 document" in record["notes"]


def test_an_encoder_is_not_evaluated_on_one_of_several_labels(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "1.txt").write_text("please pay me for my work")
    truth = tmp_path / "truth.jsonl"
    truth.write_text(json.dumps({"id": "1.txt", "label": ["invoice", "cv"]}))
    refusal = call("evaluate", tmp_path / "inbox", "--truth", truth, *EPISODES, code=2).stderr
    assert f"{truth}:1: 2 labels, 'invoice', 'cv'" in refusal
    assert "leave one of them there" in refusal


def test_labelled_documents_that_cannot_be_read_are_skipped_where_that_is_asked_for(tmp_path):
    for label, texts in TEXTS.items():
        (tmp_path / label).mkdir()
        for number, text in enumerate(texts):
            (tmp_path / label / f"{number}.txt").write_text(text)
    (tmp_path / "cv" / "bad.txt").write_bytes(b"\0\1\2")
    refusal = call("evaluate", tmp_path, *EPISODES, code=2).stderr
    assert "add --skip-bad to go on past it" in refusal
    record = evaluated(tmp_path, *EPISODES, "--skip-bad", code=6)
    assert record["documents"] == 4


def test_the_report_has_the_confusions_with_none_of_these(office, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    call(
        "evaluate", "--space", office / "a.space", office / "inbox",
        "--truth", office / "truth.csv", "--report", tmp_path / "report",
    )  # fmt: skip
    assert "none of these" in (tmp_path / "report" / "confusion.csv").read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--answers", "a.csv"), "--answers without --truth"),
        (("--answers", "a.csv", "--truth", "t.csv", "inbox"), "--answers with documents"),
        (("--truth", "t.csv"), "--truth without documents"),
        (("t.csv", "--truth", "t.csv"), "among the documents too"),
        (("--answers", "a.csv", "--truth", "t.csv", "--shots", "1"), "--shots for answers"),
        (("--answers", "a.csv", "--truth", "t.csv", "--encoder", "x"), "--encoder for answers"),
        (("--answers", "a.csv", "--truth", "t.csv", "--skip-bad"), "--skip-bad for answers"),
        (("--answers", "a.csv", "--truth", "t.csv", "--format", "csv"), "--format for answers"),
        (("--answers", "a.csv", "--truth", "t.csv", "--text-field", "x"), "--text-field for ans"),
        (
            ("--answers", "a.csv", "--truth", "t.csv", "--space", "s.space", "--encoder", "x"),
            "--encoder for answers",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(args, message):
    assert message in call("evaluate", *args, code=2).stderr


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_names_that_begin_like_a_formula_are_those_of_the_table(tmp_path, suffix):
    """A file of answers as CSV has an apostrophe before them."""
    space, answers = str(tmp_path / "s.space"), str(tmp_path / f"a.{suffix}")
    call("init", space, "--encoder", "hashing")
    call("add", space, "--text", "bill to pay", "--", "+extra")
    call("add", space, "--text", "apply for work", "--", "job")
    texts, truth = tmp_path / "t.csv", tmp_path / "truth.csv"
    texts.write_text("id,text\n+491,the bill to pay\n-2,I apply for work\n")
    truth.write_text("id,label\n+491,+extra\n-2,job\n")
    call("label", space, texts, "--out", answers)
    right = evaluated("--answers", answers, "--truth", truth)["shares"]["right"]
    assert (right["share"], right["n"]) == (1.0, 2)

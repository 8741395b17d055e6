"""`protolabel risk` and targets at the command line: what it prints, writes and refuses."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from alike_words import make_alike
from commands import call, records
from spelt_numbers import spelt

from protolabel import Example, LabelSpace

WORDS = {
    "bill": "pay bill amount due transfer", "cv": "job apply engineer work team",
    "box": "ship parcel box courier track", "menu": "soup bread dinner lunch sweet",
}  # fmt: skip

OTHERS = ("of", "we", "the", "job", "bill")


def texts(seed: int, each: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    return [
        (
            label,
            " ".join(rng.choices(words.split(), k=3) + rng.choices(OTHERS, k=3)),
        )
        for label, words in WORDS.items()
        for _ in range(each)
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    where = tmp_path_factory.mktemp("risk") / "a.space"
    with LabelSpace.create(where, encoder="hashing", background=False) as space:
        space.add([Example(label, text) for label, text in texts(0, 8)])
    return where


def test_a_risk_is_shown_as_a_table_and_as_json(path):
    page = call("risk", str(path)).stdout
    assert "errors caught for documents reviewed" in page
    assert "strangers, which are 20% of the stream" in page
    record = json.loads(call("risk", str(path), "--json", "--strangers", "50%").stdout)
    assert record["origin"] == "simulated"
    assert record["share"] == 0.5
    assert record["points"][0]["coverage"] == pytest.approx(1.0)


def test_the_fewest_errors_that_can_be_promised_are_named_and_once_set_kept(path, tmp_path):
    own = shutil.copy(path, tmp_path / "own.space")
    points = json.loads(call("risk", own, "--json").stdout)["points"]
    promise = points[-1]["promise"]
    page = call("risk", own).stdout
    assert f"can be promised: target {promise['target']}, and " in page
    assert not call("set", own, "target", promise["target"]).stderr
    assert f"target {promise['target']}: kept" in call("risk", own).stdout


def test_a_risk_is_measured_on_held_out_documents(path, tmp_path):
    data = tmp_path / "new.jsonl"
    rows = [*texts(1, 5), ("stone", "granite marble"), ("stone", "slate basalt marble")]
    data.write_text("".join(json.dumps({"label": a, "text": b}) + "\n" for a, b in rows))
    record = json.loads(call("risk", str(path), "--held-out", str(data), "--json").stdout)
    assert record["origin"] == "held out"
    assert record["strangers"] == 2
    assert record["queries"] + record["strangers"] <= len(rows)


def test_plot_and_page_are_written(path, tmp_path):
    png, html = tmp_path / "r.png", tmp_path / "r.html"
    call("risk", str(path), "--png", str(png), "--html", str(html))
    assert png.read_bytes().startswith(b"\x89PNG")
    page = html.read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<script" not in page


def stream_of(path, rows) -> None:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in rows))


def test_the_share_of_strangers_in_a_stream_is_estimated_with_its_interval(path, tmp_path):
    data = tmp_path / "stream.jsonl"
    strange = [f"granite marble slate opera {spelt(n)} violin {spelt(n + 50)}" for n in range(30)]
    stream_of(data, [*(text for _, text in texts(2, 5)), *strange])
    record = json.loads(call("risk", str(path), "--stream", str(data), "--json").stdout)
    assert list(record) == [
        "strangers",
        "low",
        "high",
        "different",
        "documents",
        "decided",
        "notes",
    ]
    assert record["documents"] >= record["different"] > 30
    assert 0.2 < record["low"] < record["strangers"] < record["high"]
    stream_of(data, [*(text for _, text in texts(2, 5)), *strange, *[strange[0]] * 100])
    copied = json.loads(call("risk", str(path), "--stream", str(data), "--json").stdout)
    assert copied["documents"] == record["documents"] + 100
    (note,) = copied["notes"]
    assert "near copies count once; where each counts, " in note
    assert copied | {"documents": record["documents"], "notes": []} == record


def test_few_documents_and_known_ones_tell_no_share_to_count_on(path, tmp_path):
    data = tmp_path / "stream.jsonl"
    stream_of(data, ["granite marble slate opera"])
    one = call("risk", str(path), "--stream", str(data))
    assert "cannot be told" in one.stderr
    assert "protolabel set" not in one.stderr
    with LabelSpace(path, background=False) as space:
        view = space.view()
        own = [row.text for info in view.classes() for row in view.show(info.name)[1]]
    stream_of(data, own)
    assert "all of which" in call("risk", str(path), "--stream", str(data), code=2).stderr
    stream_of(data, [*own, "granite marble slate opera"])
    mixed = call("risk", str(path), "--stream", str(data))
    assert "examples of the label space" in mixed.stderr
    assert "of 1 different document " in mixed.stdout


def test_files_that_nobody_can_read_are_no_strangers(path, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for n, (_, text) in enumerate(texts(2, 5)):
        (folder / f"{n}.txt").write_text(text)
    read = json.loads(call("risk", str(path), "--stream", str(folder), "--json").stdout)
    for n in range(20):
        (folder / f"empty {n}.txt").write_text("")
    mixed = json.loads(call("risk", str(path), "--stream", str(folder), "--json").stdout)
    assert (mixed["strangers"], mixed["different"]) == (read["strangers"], read["different"])
    assert any("nothing in them can be read" in note for note in mixed["notes"])
    for file in folder.glob("[0-9]*.txt"):
        file.unlink()
    assert "can be read" in call("risk", str(path), "--stream", str(folder), code=2).stderr


def test_a_target_decides_and_says_so_and_gives_way_to_a_threshold(path):
    with LabelSpace(path, background=False) as space:
        space.configure(target="turned away 30%", strangers="30%")
        space.settle()
        assert "target turned away 30%" in space.label("pay the bill amount").reason
        space.configure(target="errors 1%")
        answer = space.label("pay the bill amount")
        assert answer.label is None
        assert "cannot be promised" in answer.reason
        space.configure(threshold=0.1)
        assert space.settings.target is None
        assert space.label("pay the bill amount").label == "bill"
        for _ in range(3):
            space.undo()
        assert space.settings.target is None


def test_a_target_that_declines_nothing_is_said_to_need_no_threshold(path):
    """It said "the threshold is off", which nobody had set, and named the target beside it."""
    with LabelSpace(path, background=False) as space:
        space.configure(target="turned away 1%")
        space.settle()
        answer = space.label("pay the bill amount")
        assert answer.label == "bill"
        assert "; the target turned away 1% needs no threshold" in answer.reason
        assert "the threshold is off" not in answer.reason


@pytest.mark.parametrize("value", ["errors 5", "strangers 100%", "wrong 5%", "errors 5% sure 20%"])
def test_a_target_that_cannot_be_is_refused(path, value):
    assert "target" in call("set", str(path), "target", value, code=2).stderr


def test_chances_sum_to_one_with_none_of_these(path):
    with LabelSpace(path, background=False) as space:
        space.settle()
        for _, text in texts(3, 3):
            answer = space.label(text, alternatives=10, coverage=0.9)
            total = sum(a.chance or 0.0 for a in answer.alternatives)
            assert total + (answer.none_probability or 0.0) == pytest.approx(1.0)
            assert answer.label_set
            assert answer.alternatives[0].label in answer.label_set


def test_a_class_of_one_example_is_reachable_at_once_and_unlikely_answers_look_so(tmp_path):
    with LabelSpace.create(tmp_path / "b.space", encoder="hashing", background=False) as space:
        for label, words in WORDS.items():
            space.add(f"{words} of the", label)
        space.settle()
        near, far = space.label("pay bill amount due"), space.label("granite marble slate of")
        assert near.label == "bill"
        assert near.chance is None
        assert (near.fit, far.fit) == ("close", "far")
    with LabelSpace.create(tmp_path / "c.space", encoder="hashing", background=False) as space:
        space.add([Example(label, text) for label, text in texts(0, 8)])
        space.add("granite marble slate basalt", "stone")
        space.settle()
        assert space.label("granite marble slate").label == "stone"


@pytest.mark.parametrize("command", [("risk", "--stream"), ("discover",), ("next",)])
def test_a_bad_document_is_gone_past_where_that_is_asked_for(tmp_path, command):
    """The advice of the error, done to the letter."""
    space, folder = tmp_path / "mail.space", tmp_path / "inbox"
    folder.mkdir()
    (folder / "good.txt").write_text("pay the bill")
    (folder / "bad.txt").write_bytes(b"\xff\x00\xfe\x00\x00")
    call("init", space, "--encoder", "hashing")
    for label, words in (("bill", "pay due"), ("cv", "job"), ("letter", "dear"), ("menu", "soup")):
        call(
            "add",
            space,
            label,
            "--new",
            *[f"--text={words} number {spelt(n)} of many" for n in range(8)],
        )
    name, *option = command
    refused = call(name, space, *option, folder, code=2).stderr
    assert "add --skip-bad to go on past it" in refused
    done = call(name, space, *option, folder, "--skip-bad", code=6)
    assert f"skipped {folder}/bad.txt" in done.stderr
    if command[0] == "risk":
        assert "nothing is remembered" in call("review", space).stderr, "it measures"


def test_held_out_documents_that_cannot_be_used_are_skipped_or_refused(path, tmp_path):
    rows = [{"label": label, "text": text} for label, text in texts(5, 4)]
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join([*map(json.dumps, rows), "no JSON"]) + "\n")
    refused = call("risk", path, "--held-out", data, code=2)
    assert "--skip-bad" in refused.stderr
    result = call("risk", path, "--held-out", data, "--skip-bad", code=6)
    assert "data.jsonl:17" in result.stderr
    assert "answered" in result.stdout


NOTHING = "every document is declined: the target errors 1% cannot be promised from "


@pytest.fixture
def own_path(path, tmp_path) -> Path:
    return Path(shutil.copy(path, tmp_path / "own.space"))


def test_a_target_that_declines_everything_says_so_when_it_is_set_and_wherever_it_decides(
    own_path, tmp_path
):
    """Before, each answer's reason alone said why a whole inbox was declined."""
    change = call("set", own_path, "target", "errors 1%")
    assert NOTHING in change.stderr
    assert NOTHING in " ".join(call("info", own_path).stdout.split())
    assert records("info", own_path, "--json")[0]["refusal"].startswith(NOTHING)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for n, (_, text) in enumerate(texts(4, 1)):
        (inbox / f"{n}.txt").write_text(text)
    for options in ((), ("--out", tmp_path / "a.csv"), ("--sort-into", tmp_path / "sorted")):
        assert NOTHING in call("label", own_path, inbox, *options).stderr
    summary = records("label", own_path, inbox, "--out", tmp_path / "a.jsonl", "--json")
    assert summary[0]["refusal"].startswith(NOTHING)
    assert NOTHING in call("review", own_path, "--list").stderr


def test_undoing_to_a_target_that_declines_everything_says_so(own_path):
    call("set", own_path, "target", "errors 1%")
    assert not call("undo", own_path).stderr
    assert NOTHING in call("redo", own_path).stderr


def test_a_threshold_above_all_scores_says_so_and_one_that_declines_few_does_not(own_path):
    assert "hardly any document is answered" in call("set", own_path, "threshold", "0.999").stderr
    for key, value in (("threshold", "0.1"), ("threshold", "none"), ("target", "turned away 30%")):
        assert not call("set", own_path, key, value).stderr
        assert not records("info", own_path, "--json")[0]["refusal"]


def test_what_a_rule_says_of_declining_everything_is_what_it_does(own_path):
    """The sentence is there exactly where no document is answered."""
    with LabelSpace(own_path, background=False) as space:
        for target in ("none", "errors 1%", "errors 60%", "strangers 99%", "turned away 5%"):
            space.configure(target=target)
            space.settle()
            labels = [answer.label for answer in space.label_many([t for _, t in texts(5, 4)])]
            assert (set(labels) == {None}) == bool(space.view().refusal()), target


def test_an_example_that_makes_the_target_impossible_says_so_before_and_after(tmp_path):
    """Before, `add` and its preview said nothing, and then every document was declined."""
    space = tmp_path / "alike.space"
    make_alike(space, 1)
    assert not call("set", space, "target", "errors 18%").stderr
    example = ("add", space, "cv", "--text", "soup bread we of")
    refusal = "every document is declined: the target errors 18% cannot be promised"
    assert refusal in " ".join(call(*example, "--preview").stderr.split())
    assert refusal in " ".join(call(*example).stderr.split())

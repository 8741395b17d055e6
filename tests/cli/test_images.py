"""Images at the command line: real processes, from drawn files to labels, and what is refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from commands import call as run
from commands import records as lines
from pictures import GREY, chunk, drawn, jpeg, png, write_folder

KINDS = ("bar", "dash", "ring")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """A folder with an encoder, a tree of examples, an inbox, and a label space of them."""
    folder = tmp_path_factory.mktemp("pictures")
    write_folder(folder / "encoder", image_size=16, width=12)
    for kind in KINDS:
        (folder / "tree" / kind).mkdir(parents=True)
        (folder / "inbox").mkdir(exist_ok=True)
        for n in range(4):
            (folder / "tree" / kind / f"{n}.png").write_bytes(drawn(kind, n))
        for n in range(4, 7):
            (folder / "inbox" / f"{kind}-{n}.png").write_bytes(drawn(kind, n))
    run("init", folder / "a.space", "--encoder", folder / "encoder", "--metric", "euclidean")
    run("import", folder / "a.space", folder / "tree")
    return folder


@pytest.fixture
def space(workspace, tmp_path) -> Path:
    run("backup", workspace / "a.space", tmp_path / "copy.space")
    return tmp_path / "copy.space"


def test_a_folder_of_images_is_labelled(workspace):
    answers = lines("label", workspace / "a.space", workspace / "inbox", "--json")
    assert [a["id"] for a in answers] == sorted(f"{k}-{n}.png" for k in KINDS for n in range(4, 7))
    right = [a["label"] == a["id"].split("-")[0] for a in answers]
    assert sum(right) >= 8, answers
    for answer in answers:
        for near in answer["evidence"]["examples"]:
            head, _, body = near["thumbnail"].partition(",")
            assert head == "data:image/png;base64"
            assert base64.b64decode(body, validate=True).startswith(b"\x89PNG")
            assert near["excerpt"].startswith(str(workspace / "tree" / answer["evidence"]["label"]))
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    assert "`thumbnail`" in text
    assert "data:image/png;base64," in text


def test_people_see_where_an_image_came_from(workspace):
    output = run("label", workspace / "a.space", workspace / "inbox" / "bar-4.png").stdout
    assert str(workspace / "tree" / "bar") in output
    assert "PNG" not in output
    listing = run("show", workspace / "a.space", "dash").stdout
    assert "(image)" in listing
    assert "dash/3.png" in listing.replace("\n", "")
    members = lines("show", workspace / "a.space", "dash", "--json")[0]["members"]
    assert {m["image"] for m in members} == {True}
    assert {m["text"] for m in members} == {None}
    assert "euclidean" in run("info", workspace / "a.space").stdout


def test_a_class_more_and_back(space, tmp_path):
    before = run("export", space).stdout
    (tmp_path / "dot.jpg").write_bytes(jpeg(_dot()))
    (tmp_path / "rows.jsonl").write_text('{"image": "dot.jpg", "label": "dot"}\n')
    run("add", space, "dot", tmp_path / "dot.jpg")
    run("undo", space)
    run("import", space, tmp_path / "rows.jsonl")
    (answer,) = lines("label", space, tmp_path / "dot.jpg", "--json")
    assert answer["label"] == "dot"
    run("merge", space, "dot", "ring", "--into", "round")
    run("undo", space)
    run("undo", space)
    assert run("export", space).stdout == before
    run("check", space)


def test_it_is_moved_onto_another_encoder_of_images_and_back(workspace, space, tmp_path):
    other = write_folder(tmp_path / "wider", image_size=24, width=5)
    before = run("export", space, "--vectors").stdout
    old = lines("info", space, "--json")[0]
    (record,) = lines("reencode", space, "--encoder", other, "--json")
    distinct = {drawn(kind, n) for kind in KINDS for n in range(4)}
    assert (record["changed"], record["encoded"]) == (True, len(distinct))  # and no names
    new = lines("info", space, "--json")[0]
    assert (new["dim"], new["encoder"]) == (6 * 6 * 5, str(other))  # two blocks halve 24 twice
    (answer,) = lines("label", space, workspace / "inbox" / "bar-4.png", "--json")
    assert answer["encoder_fingerprint"] == record["to"] == new["encoder_fingerprint"]
    assert answer["evidence"]["examples"][0]["thumbnail"].startswith("data:image/png")
    run("check", space)
    run("undo", space)
    assert lines("info", space, "--json")[0]["encoder_fingerprint"] == old["encoder_fingerprint"]
    assert run("export", space, "--vectors").stdout == before


def test_an_encoder_of_the_other_kind_is_refused(workspace, space, tmp_path):
    words = tmp_path / "words.space"
    run("init", words, "--encoder", "hashing")
    run("add", words, "bar", "--text", "a bar", "--text", "two bars")
    for one, encoder, reason in (
        (space, "hashing:64", "12 images for an encoder of text alone"),
        (words, workspace / "encoder", "3 texts for an encoder of images alone"),
    ):
        before = run("history", one).stdout, run("export", one, "--vectors").stdout
        for option in ((), ("--dry-run",), ("--only-if-better",)):
            error = run("reencode", one, "--encoder", encoder, *option, code=2).stderr
            assert reason in error
            assert "expected an encoder that reads" in error
        assert (run("history", one).stdout, run("export", one, "--vectors").stdout) == before
        run("check", one)


def _dot():
    import numpy as np

    pixels = np.full((24, 24), 255)
    pixels[9:15, 9:15] = 0
    return pixels


def test_an_export_is_imported_without_loss(workspace, tmp_path):
    exported = run("export", workspace / "a.space").stdout
    other = tmp_path / "other.space"
    run("init", other, "--encoder", workspace / "encoder", "--metric", "euclidean")
    run("import", other, "-", stdin=exported)
    assert run("export", other).stdout == exported
    examples = [line for line in exported.splitlines() if '"image"' in line]
    assert len(examples) > 4
    for line in examples:
        record = json.loads(line)
        data = base64.b64decode(record["image"].partition(",")[2])
        assert data in {drawn(record["label"], n) for n in range(4)}


HUGE = png([b"\0"], 60_000, depth=1, colour=GREY, height=60_000, extra=chunk(b"tEXt", b"a\0b"))
BAD = {
    "cut.png": (drawn("bar", 0)[:50], "cannot be decoded"),
    "moving.gif": (b"GIF89a" + b"\0" * 40, "convert it to PNG"),
    "renamed.png": (b"GIF89a" + b"\0" * 40, "neither a PNG nor a JPEG"),
    "huge.png": (HUGE, "60,000 x 60,000 pixels"),
    "heavy.jpg": (b"\xff\xd8\xff" + b"\0" * 8_000_000, "more than 7,340,032 bytes"),
    "letter.txt": (b"Dear Sir", "a text for a label space of images"),
}


@pytest.mark.parametrize(("name", "content"), [(n, c) for n, (c, _) in BAD.items()], ids=BAD)
def test_a_file_that_cannot_be_used_stores_nothing(space, tmp_path, name, content):
    before = run("export", space).stdout, run("history", space).stdout
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "0.png").write_bytes(drawn("bar", 60))
    (tmp_path / "in" / name).write_bytes(content)
    for command in (("add", space, "bar", tmp_path / "in"), ("label", space, tmp_path / "in")):
        error = run(*command, code=2).stderr
        assert str(tmp_path / "in" / name) in error
        assert BAD[name][1] in error
        assert "expected" in error
        assert sum(line.startswith("protolabel: ") for line in error.splitlines()) == 1
    assert (run("export", space).stdout, run("history", space).stdout) == before


def test_requests_that_an_encoder_of_images_cannot_meet(space, workspace, tmp_path):
    assert "reads no words" in run("describe", space, "bar", "upright", code=2).stderr
    assert "space of images" in run("label", space, "--text", "bar", code=2).stderr
    assert "space of images" in run("label", space, "-", stdin="bar\n", code=2).stderr
    path = json.dumps({"image": "inbox/bar-4.png"})
    assert "stdin is in no folder" in run("label", space, "-", stdin=path, code=2).stderr
    words = tmp_path / "words.space"
    run("init", words, "--encoder", "hashing")
    error = run("add", words, "bar", workspace / "tree" / "bar" / "0.png", code=2).stderr
    assert "bar/0.png: " in error
    assert "ocr" in error.lower()


def test_a_half_written_encoder_is_one_clear_error(tmp_path):
    folder = write_folder(tmp_path / "encoder")
    (folder / "model.safetensors").unlink()
    error = run("init", tmp_path / "a.space", "--encoder", folder, code=4).stderr
    assert "has no model.safetensors" in error
    assert not (tmp_path / "a.space").exists()


def test_an_evaluation_of_images_names_its_own_option(tmp_path):
    """Before: "an image for a label space of texts", and `protolabel init`."""
    for kind in ("bar", "dash"):
        (tmp_path / "images" / kind).mkdir(parents=True)
        for number in range(3):
            (tmp_path / "images" / kind / f"{number}.png").write_bytes(drawn(kind, number))
    command = ("evaluate", tmp_path / "images", "--encoder", "hashing", "--shots", 1, "--query", 1)
    refused = " ".join(run(*command, code=2).stderr.split())
    assert "0.png: an image for an encoder of texts" in refused
    assert "--encoder" in refused
    assert "label space" not in refused

"""The encoder that is loaded while its command is being imported: which one, and when."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import lines, run
from encoder_folders import write_folder

from protolabel import Example, LabelSpace
from protolabel.cli.commands import ENTRIES
from protolabel.cli.encoder_ahead import ENCODING, load_encoder_ahead
from protolabel.encoders.load import load_recorded, load_recorded_ahead
from protolabel.errors import EncoderNotFoundError
from protolabel.store.likely_encoder import likely_encoder
from protolabel.system import begun_ahead


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "encoder")


@pytest.fixture
def path(tmp_path: Path, folder: Path) -> Path:
    path = tmp_path / "mail.space"
    with LabelSpace.create(path, encoder=str(folder), background=False) as space:
        space.add([Example("invoice", "pay bill"), Example("parcel", "ship box")])
    return path


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the encoders that are begun, and none of them loaded."""
    names: list[str] = []
    monkeypatch.setattr(begun_ahead, "begin", lambda key, act: names.append(key[1]))
    return names


def test_the_encoder_is_loaded_once_and_given_once(folder: Path) -> None:
    load_recorded_ahead(str(folder), "mail.space")
    load_recorded_ahead(str(folder), "mail.space")
    first = load_recorded(str(folder), "mail.space")
    assert not begun_ahead.under_way()
    assert load_recorded(str(folder), "mail.space") is not first


def test_an_encoder_that_cannot_be_loaded_is_refused_where_it_is_needed(folder: Path) -> None:
    shutil.rmtree(folder)
    load_recorded_ahead(str(folder), "mail.space")
    with pytest.raises(EncoderNotFoundError, match=r"mail\.space names its encoder"):
        load_recorded(str(folder), "mail.space")


def test_the_name_is_read_beside_a_writer_and_leaves_no_file(path: Path, folder: Path) -> None:
    before = sorted(path.parent.iterdir())
    assert likely_encoder(str(path)) == str(folder)
    assert sorted(path.parent.iterdir()) == before
    with LabelSpace(path, background=False) as space:
        space.add(Example("parcel", "box"))
        assert likely_encoder(str(path)) == str(folder)


def test_what_is_no_label_space_has_no_encoder(tmp_path: Path) -> None:
    text, torn = tmp_path / "a.txt", tmp_path / "torn.space"
    text.write_text("pay bill")
    torn.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for path in (text, torn, tmp_path, tmp_path / "none", "\0"):
        assert likely_encoder(str(path)) == ""


def test_commands_that_encode_begin_with_the_encoder_of_their_label_space(
    path: Path, folder: Path, names: list[str]
) -> None:
    assert set(ENCODING) <= {entry.name for entry in ENTRIES}
    for command in ENCODING:
        load_encoder_ahead([command, "--json", str(path), "--text", str(path)])
    assert names == [str(folder)] * len(ENCODING)


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["label"], ["label", "none.space"], ["classes", "SPACE"], ["label", "SPACE", "--help"],
        ["label", "SPACE", "-h"], ["label", "SPACE", "--encoder", "x"],
        ["label", "SPACE", "--encoder=x"], ["--version"],
    ],
)  # fmt: skip
def test_other_command_lines_begin_with_nothing(
    path: Path, names: list[str], arguments: list[str]
) -> None:
    load_encoder_ahead([str(path) if word == "SPACE" else word for word in arguments])
    assert names == []


def test_a_command_answers_as_ever_and_ends_at_once_where_it_fails(path: Path) -> None:
    with LabelSpace(path, background=False) as space:
        expected = space.label("pay bill")
    answer = lines("label", path, "--text", "pay bill", "--json")[0]
    assert answer["encoder_fingerprint"] == expected.encoder_fingerprint
    assert answer["score"] == pytest.approx(expected.score, abs=0.01)
    assert "no such file or folder" in run("label", path, "missing.txt", code=2).stderr

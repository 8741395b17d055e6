"""The label space forgotten: each command says what stands in its place, and what to type."""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path

import click
import pytest
from commands import call

from protolabel import LabelSpace
from protolabel.cli import cli
from protolabel.cli.forgotten_space import OF_PATHS

MAKES_OR_REPLACES = {"init", "restore"}  # their SPACE need not be there


def commands_with_more_than_a_space() -> list[tuple[str, str]]:
    """Return the name of each command, and of the argument that follows its SPACE."""
    context = click.Context(cli)
    pairs = []
    for name in set(cli.list_commands(context)) - MAKES_OR_REPLACES:
        command = cli.get_command(context, name)
        assert command is not None
        arguments = [str(p.name) for p in command.params if isinstance(p, click.Argument)]
        if arguments[:1] == ["space"] and len(arguments) > 1:
            pairs.append((name, arguments[1]))
    return sorted(pairs)


def _error(*command: object, code: int = 5) -> tuple[str, str]:
    error = " ".join(call(*command, code=code).stderr.split())
    return error.partition("; to fix it: ")[0], error.partition("; to fix it: ")[2]


@pytest.mark.parametrize(
    "command",
    [name for name, next_ in commands_with_more_than_a_space() if next_ in OF_PATHS],
)
def test_each_command_that_reads_paths_knows_documents_in_the_place_of_its_space(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "an inbox").mkdir()
    (tmp_path / "letter.txt").write_text("please pay")
    with zipfile.ZipFile(tmp_path / "letters.zip", "w") as archive:
        archive.writestr("1.txt", "please pay")
    other = "a file of another kind"
    for path, kind in (("an inbox", "a folder"), ("letter.txt", other), ("letters.zip", other)):
        fault, advice = _error(command, path)
        assert fault.startswith(f"protolabel: {path} is {kind}, not a label space")
        assert advice == f"protolabel {command} SPACE {shlex.quote(path)}"
    fault, advice = _error(command, "-", code=2)
    assert "the standard input, in the place of the label space" in fault
    assert advice == f"protolabel {command} SPACE -"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("show invoice", "show SPACE invoice"),
        ("rename invoice bill", "rename SPACE invoice bill"),
        ("retire invoice", "retire SPACE invoice"),
        ("add invoice --text pay", "add SPACE invoice --text pay"),
        ("set threshold 0.5", "set SPACE threshold 0.5"),
        ("return 3", "return SPACE 3"),
        ("import --json nowhere.csv", "import SPACE --json nowhere.csv"),
        ("describe invoice 'a bill'", "describe SPACE invoice 'a bill'"),
        ("undo 3", "undo SPACE; to go back to a version: protolabel return SPACE 3"),
        ("redo 3", "redo SPACE; to go back to a version: protolabel return SPACE 3"),
        ("history 3", "history SPACE"),
    ],
)
def test_a_class_or_a_number_in_the_place_of_the_space(
    typed: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, the advice was to make a label space of that name, or an argument was missing."""
    monkeypatch.chdir(tmp_path)
    fault, remedy = _error(*shlex.split(typed))
    assert fault.startswith("protolabel: no label space at ")
    assert remedy == f"protolabel {advice}"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("merge invoice cv --into office", "merge SPACE invoice cv --into office"),
        ("remove e1 e2", "remove SPACE e1 e2"),
        ("add invoice inbox/1.txt", "add SPACE invoice inbox/1.txt"),
        ("move kunden e1 --to invoice", "move SPACE kunden e1 --to invoice"),
        ("describe Node.js 'a runtime'", "describe SPACE Node.js 'a runtime'"),
        ("show Node.js", "show SPACE Node.js"),
        ("rename Node.js node", "rename SPACE Node.js node"),
        ("retire sub/e", "retire SPACE sub/e"),
    ],
)
def test_a_name_that_may_be_of_a_class_or_of_a_label_space_is_told_both(
    typed: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fault, remedy = _error(*shlex.split(typed))
    name = typed.split()[1]
    assert fault == (
        f"protolabel: no label space at {name}; expected the path of a label space before it, or "
        "an existing one"
    )
    assert remedy == f"protolabel {advice}; or check the path {name}"


@pytest.mark.parametrize("path", ["/nowhere/spaces/kunden", "sp/kunden", "mail2.db"])
@pytest.mark.parametrize(
    "typed",
    ["add {} invoice 001.txt", "add {} invoice --text pay", "move {} e1 --to invoice",
     "merge {} invoice cv --into cv", "correct {} e1 --to invoice", "show {} invoice",
     "label {} inbox"],
)  # fmt: skip
def test_a_mistyped_path_is_not_taken_for_the_name_of_a_class(
    typed: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fault, remedy = _error(*typed.format(path).split())
    assert fault.endswith(f"no label space at {path}; expected the path of an existing one")
    assert remedy == f"check the path, or make it with `protolabel init {path}`"


def test_a_mistyped_path_names_what_is_near_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "sp").mkdir()
    LabelSpace.create(tmp_path / "sp" / "mail.db", encoder="hashing", background=False).close()
    _, remedy = _error("add", tmp_path / "sp" / "mail2.db", "invoice", "001.txt")
    assert remedy.startswith(f"did you mean {tmp_path / 'sp' / 'mail.db'}?")


@pytest.mark.parametrize(
    "typed",
    ["classes inbox", "label mail.space inbox", "show mail.space invoice", "info letter.txt",
     "set inbox threshold 0.5", "label torn.space inbox", "label empty inbox"],
)  # fmt: skip
def test_what_lacks_no_space_is_told_what_is_amiss_with_it(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbox").mkdir()
    for name, text in (("letter.txt", "Dear Sir"), ("torn.space", "zzz"), ("empty", "")):
        (tmp_path / name).write_text(text)
    assert "SPACE" not in call(*typed.split(), code=5).stderr


def test_a_mistyped_name_is_not_taken_for_a_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    LabelSpace.create("letters", encoder="hashing", background=False).close()
    assert "did you mean letters?" in call("show", "leters", "invoice", code=5).stderr
    assert "did you mean letters?" in call("retire", "leters", "invoice", code=5).stderr


@pytest.mark.parametrize("command", ["label", "discover", "next"])
def test_a_document_that_is_not_there_and_nothing_else(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The advice named the document as a label space that is there, and failed."""
    monkeypatch.chdir(tmp_path)
    LabelSpace.create("mail.space", encoder="hashing", background=False).close()
    fault, remedy = _error(command, "sub/nix.txt")
    assert fault == (
        "protolabel: no label space at sub/nix.txt; expected the path of an existing one, then "
        "those of documents"
    )
    check, _, advice = remedy.partition("; if it is a document's: protolabel ")
    assert check == "check the path sub/nix.txt"
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "nix.txt").write_text("please pay")
    call(*advice.replace("SPACE", "mail.space").split())


@pytest.mark.parametrize(
    "typed", ["label mail", "label mail.space", "forget mail", "add mail.space invoice",
              "describe mail.space invoice"],
)  # fmt: skip
def test_no_advice_names_a_label_space_that_is_not_there(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fault, remedy = _error(*typed.split())
    path = typed.split()[1]
    assert fault == f"protolabel: no label space at {path}; expected the path of an existing one"
    assert remedy == f"check the path, or make it with `protolabel init {path}`"
    call("init", path, "--encoder", "hashing")
    advice = " ".join(call(*typed.split(), code=2).stderr.split()).partition("to fix it: ")[2]
    if advice.startswith("protolabel "):
        call(*shlex.split(advice)[1:])

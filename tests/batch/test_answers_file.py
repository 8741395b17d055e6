"""Files of answers: what was answered stands in the file itself, whatever ended the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.batch.answers_file import SUFFIX, AnswersFile, Run
from protolabel.batch.document_key import document_key
from protolabel.errors import InputError
from protolabel.types import Document

RUN = Run("a space", ("/in/box",), {"--top": 5})


def record(document: Document) -> dict[str, object]:
    return {"id": document.id, "source": document.source, "alternatives": (), "evidence": None}


def written(path: Path, documents: list[Document], run: Run = RUN, *, resume: bool = True) -> int:
    """Write what is not in the file yet; return how many that were."""
    n = 0
    with AnswersFile(path, run, resume=resume) as file:
        for document in documents:
            if (key := document_key(document)) not in file:
                file.write(record(document), key)
                n += 1
    return n


DOCUMENTS = [Document(f"{n}.txt", f"text {n}", source=f"/in/box/{n}.txt") for n in range(5)]


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.csv"])
def test_only_new_and_changed_documents_are_answered_again(tmp_path, name):
    path = tmp_path / name
    assert written(path, DOCUMENTS[:3], resume=False) == 3
    changed = Document("1.txt", "another text", source="/in/box/1.txt")
    assert written(path, [DOCUMENTS[4], DOCUMENTS[0], changed, DOCUMENTS[2], DOCUMENTS[3]]) == 3
    assert written(path, [DOCUMENTS[0], changed, *DOCUMENTS[2:]]) == 0


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 2000), name=st.sampled_from(["a.jsonl", "a.csv"]))
def test_a_file_cut_at_any_byte_loses_only_what_was_cut(tmp_path_factory, cut, name):
    path = tmp_path_factory.mktemp("cut") / name
    tricky = Document('"a,b"\nc', "x", source='/in/box/"a,b"\nc')
    documents = [*DOCUMENTS, tricky]
    written(path, documents, resume=False)
    whole = path.read_bytes()
    cut = min(cut, len(whole))
    path.write_bytes(whole[:cut])
    kept = whole[:cut].count(b"\n") - (1 if name.endswith(".csv") and cut else 0)
    assert written(path, documents) == len(documents) - max(kept, 0)
    assert path.read_bytes() == whole


def test_keys_tell_apart_sources_ids_and_contents():
    documents = [
        Document("a.txt", "x", source="/in/a.txt"),
        Document("a.txt", "x", source="/out/a.txt"),
        Document("a.txt", "X", source="/in/a.txt"),
        Document("7", "x", source="/in/t.jsonl:3"),
        Document("8", "x", source="/in/t.jsonl:3"),
        Document("t.jsonl:3", "x", source="/in/t.jsonl:3"),
        Document("t.jsonl:4", "x", source="/in/t.jsonl:4"),
        Document("text:1", "x"),
        Document("text:2", "x"),
        Document("b", image=b"x", source="/in/b"),
        Document("b", "x", source="/in/b"),
    ]
    assert len({document_key(d) for d in documents}) == len(documents)


def test_a_row_with_an_id_of_its_own_may_move_within_its_table():
    assert document_key(Document("7", "x", source="t.jsonl:3")) == document_key(
        Document("7", "x", source="./t.jsonl:9")
    )


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (Run("another", RUN.inputs, RUN.options), "of another label space"),
        (Run(RUN.space, ("/",), RUN.options), "of another input, {folder}"),
        (Run(RUN.space, RUN.inputs, {"--top": 9}), "made with --top 5"),
        (Run(RUN.space, RUN.inputs, {"--top": 5, "--at": 3}), "made with --at unset"),
    ],
)
def test_another_space_input_or_option_is_refused(tmp_path, run, reason):
    path, folder = tmp_path / "answers.jsonl", str(tmp_path)
    written(path, DOCUMENTS, Run(RUN.space, (folder,), RUN.options), resume=False)
    before = path.read_bytes()
    if run.inputs == RUN.inputs:
        run = Run(run.space, (folder,), run.options)
    with pytest.raises(InputError, match=reason.format(folder=folder)):
        written(path, DOCUMENTS, run)
    assert path.read_bytes() == before


def test_inputs_may_be_added_and_those_that_are_gone_are_not_asked_for(tmp_path):
    path, first, second = tmp_path / "answers.jsonl", tmp_path / "1.txt", tmp_path / "2.txt"
    first.touch()
    second.touch()
    written(path, DOCUMENTS[:1], Run("s", (str(first),), {}), resume=False)
    written(path, DOCUMENTS[:2], Run("s", (str(first), str(second)), {}))
    first.unlink()
    assert written(path, DOCUMENTS[:3], Run("s", (str(second),), {})) == 1


def test_two_runs_never_write_one_file(tmp_path):
    path = tmp_path / "answers.jsonl"
    with (
        AnswersFile(path, RUN, resume=False),
        pytest.raises(InputError, match="another run is writing"),
    ):
        AnswersFile(path, RUN, resume=True)


def test_a_file_of_something_else_is_never_touched(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"mine": 1}\nhalf a li')
    with pytest.raises(InputError, match="which says what its answers are of"):
        AnswersFile(path, RUN, resume=True)
    (tmp_path / f"mine.jsonl{SUFFIX}").write_text(
        json.dumps({"space": "a space", "inputs": RUN.inputs, "options": RUN.options})
    )
    with pytest.raises(InputError, match=r"mine\.jsonl:1: no answer"):
        AnswersFile(path, RUN, resume=True)
    assert path.read_text() == '{"mine": 1}\nhalf a li'


def test_answers_quote_documents_and_are_private(tmp_path):
    written(tmp_path / "answers.jsonl", DOCUMENTS, resume=False)
    for name in ("answers.jsonl", f"answers.jsonl{SUFFIX}"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_no_cell_of_a_csv_file_is_a_formula(tmp_path):
    path = tmp_path / "answers.csv"
    written(path, [Document("=1+1", "x", source="=1+1")], resume=False)
    assert path.read_text(encoding="utf-8-sig").splitlines()[1].startswith("'=1+1,'=1+1,")

"""Files of answers: what was answered stands in the file itself, whatever ended the run."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from bare_records import bare_record
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.run_file import SUFFIX, Run
from protolabel.errors import InputError
from protolabel.identity.document_key import document_key
from protolabel.types import Document

RUN = Run("a space", ("/in/box",), {"--top": 5})


def written(path: Path, documents: list[Document], run: Run = RUN, *, resume: bool = True) -> int:
    """Write what is not in the file yet; return how many that were."""
    n = 0
    with AnswersFile(path, run, resume=resume) as file:
        for document in documents:
            if not file.claim(document):
                file.write(bare_record(document), document_key(document))
                n += 1
        file.note_end()
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
        Document("text:1", "x"),
        Document("text:2", "y"),
        Document("stdin:1", "x", source="stdin:1"),
        Document("b", image=b"x", source="/in/b"),
        Document("b", "x", source="/in/b"),
    ]
    assert len({document_key(d) for d in documents}) == len(documents)


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.csv"])
@settings(max_examples=60, deadline=None)
@given(first=st.lists(st.sampled_from("abc")), second=st.lists(st.sampled_from("abc")))
def test_equal_documents_are_answered_as_often_as_they_stand_there(
    tmp_path_factory, name, first, second
):
    path = tmp_path_factory.mktemp("equal") / name

    def rows(texts: list[str]) -> list[Document]:
        return [Document("7", text, source="t.jsonl:1") for text in texts]

    assert written(path, rows(first), resume=False) == len(first)
    unanswered = list(second)
    for text in first:
        if text in unanswered:
            unanswered.remove(text)
    assert written(path, rows(second)) == len(unanswered)


def test_positions_are_no_part_of_a_key():
    def key(identity: str, source: str, text: str = "x") -> bytes:
        return document_key(Document(identity, text, source=source, has_own_id=False))

    assert key("text:1", "") == key("text:2", "")
    assert key("stdin:1", "stdin:1") == key("stdin:9", "stdin:9")
    assert key("t.csv:2", "in/t.csv:2") == key("in/t.csv:9", "in/t.csv:9")
    assert key("0", "v.npy:row 0") == key("v.npy:9", "./v.npy:row 9")
    assert key("no:2", "in/t.csv:2") == key("no:2", "in/t.csv:9")  # an id that looks like a place
    assert key("no:2", "in/t.csv:2") != key("no:3", "in/t.csv:2")


def test_a_pipe_has_the_same_keys_in_every_folder(tmp_path, monkeypatch):
    document = Document("stdin:1", "x", source="stdin:1")
    before = document_key(document)
    monkeypatch.chdir(tmp_path)
    assert document_key(document) == before


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.csv"])
def test_a_cell_of_any_length_is_read_again(tmp_path, name):
    document = Document("i" * 200_000, "x", source="/in/" + "s" * 200_000)
    assert written(tmp_path / name, [document], resume=False) == 1
    assert written(tmp_path / name, [document]) == 0


@pytest.mark.parametrize(
    "content", [b"mine", b'{"space": "a", "inputs": [], "options": {}}', b"[]"]
)
def test_a_file_of_somebody_else_beside_the_answers_is_never_replaced(tmp_path, content):
    path, side = tmp_path / "keep", tmp_path / f"keep{SUFFIX}"
    side.write_bytes(content)
    for resume in (False, True):
        with pytest.raises(InputError, match=r"keep\.run\.json is there, and is not of an earlier"):
            AnswersFile(path, RUN, resume=resume)
        assert not path.exists()
        assert side.read_bytes() == content
    path.touch()  # what a killed run leaves
    with pytest.raises(InputError, match="is not of an earlier run"):
        AnswersFile(path, RUN, resume=True)
    assert side.read_bytes() == content


def test_the_side_file_of_other_answers_is_never_replaced(tmp_path):
    written(tmp_path / "a", DOCUMENTS, resume=False)
    (tmp_path / f"a{SUFFIX}").rename(tmp_path / f"b{SUFFIX}")
    with pytest.raises(InputError, match="is not of an earlier run"):
        AnswersFile(tmp_path / "b", RUN, resume=False)


def test_answers_that_were_removed_are_written_anew(tmp_path):
    written(tmp_path / "a", DOCUMENTS, resume=False)
    (tmp_path / "a").unlink()
    assert written(tmp_path / "a", DOCUMENTS, resume=False) == len(DOCUMENTS)


def test_what_is_no_file_says_so(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    for path, reason in (
        (tmp_path, "is a folder; .*answers.jsonl"),
        (Path("/dev/full"), "is a device, pipe or socket; .*leave --out out"),
        (tmp_path / "pipe", "is a device, pipe or socket"),
        (tmp_path / "link", "is a link to nowhere, which is not there"),
    ):
        for resume in (False, True):
            with pytest.raises(InputError, match=reason):
                AnswersFile(path, RUN, resume=resume)


def test_a_link_to_answers_is_gone_on_with_as_the_file_itself_is(tmp_path):
    """The file beside the answers was looked for beside the link."""
    (tmp_path / "d").mkdir()
    link, file = tmp_path / "link", tmp_path / "d" / "a"
    link.symlink_to("d/a")
    written(file, DOCUMENTS, resume=False)
    with pytest.raises(InputError, match="add --resume"):
        AnswersFile(link, RUN, resume=False)
    assert written(link, DOCUMENTS, resume=True) == 0
    assert written(file, DOCUMENTS, resume=True) == 0
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", f"a{SUFFIX}", "d", "link"]


def test_only_answers_of_protolabel_are_offered_to_go_on_with(tmp_path):
    written(tmp_path / "a", DOCUMENTS, resume=False)
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InputError, match="add --resume"):
        AnswersFile(tmp_path / "a", RUN, resume=False)
    with pytest.raises(InputError, match="fix it: give --out another file"):
        AnswersFile(tmp_path / "mine", RUN, resume=False)


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
        json.dumps(
            {"written_by": "protolabel label", "answers": "mine.jsonl", "space": "a space"}
            | {"inputs": RUN.inputs, "options": RUN.options}
        )
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


def lines_of(path: Path) -> list[tuple[str, str]]:
    """Source and version of each answer."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(row["source"], row["space_version"]) for row in csv.DictReader(file)]
    records = map(json.loads, path.read_text().splitlines())
    return [(r["source"], str(r["space_version"])) for r in records]


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.csv"])
def test_a_changed_document_has_one_answer(tmp_path, name):
    path = tmp_path / name
    rows = [Document(str(n), f"row {n}", source=f"=in/t.csv:{n + 2}") for n in range(3)]
    written(path, [*DOCUMENTS[:3], *rows], resume=False)
    file, row = DOCUMENTS[1], rows[1]
    changed = [replace(file, text="another"), replace(row, text="new", source="=in/t.csv:9")]
    assert (
        written(path, [DOCUMENTS[0], changed[0], DOCUMENTS[2], rows[0], rows[2], changed[1]]) == 2
    )
    sources = [source.lstrip("'") for source, _ in lines_of(path)]
    assert sources == [
        "/in/box/0.txt", "/in/box/2.txt", "=in/t.csv:2", "=in/t.csv:4", "/in/box/1.txt",
        "=in/t.csv:9",
    ]  # fmt: skip
    assert written(path, [DOCUMENTS[0], *changed, DOCUMENTS[2], rows[0], rows[2]]) == 0


def test_answers_of_documents_that_are_gone_stay(tmp_path):
    path = tmp_path / "answers.jsonl"
    written(path, DOCUMENTS, resume=False)
    assert written(path, [DOCUMENTS[0]]) == 0
    assert written(path, [Document("9.txt", "new", source="/in/box/9.txt")]) == 1
    assert len(lines_of(path)) == len(DOCUMENTS) + 1


def test_rows_without_an_id_keep_both_answers_and_are_counted(tmp_path):
    """Yesterday's third row and today's are two documents where the table is written anew daily."""
    path, table = tmp_path / "answers.jsonl", "/in/t.csv"
    rows = [Document(f"t.csv:{n}", f"row {n}", source=f"{table}:{n}") for n in (2, 3, 4)]
    written(path, rows, resume=False)
    moved = [replace(rows[2], id="t.csv:3", source=f"{table}:3"), rows[1]]
    fresh = Document("t.csv:2", "new", source=f"{table}:2")
    with AnswersFile(path, RUN, resume=True) as file:
        for document in (fresh, *moved):
            if not file.claim(document):
                file.write(bare_record(document), document_key(document))
        file.note_end()
        assert (file.earlier.n_changed, file.earlier.n_undecided) == (0, 1)  # row 2 is gone
    assert len(lines_of(path)) == 4


def test_a_kill_between_the_new_answer_and_the_end_is_made_good_by_the_next_run(tmp_path):
    path = tmp_path / "answers.jsonl"
    written(path, DOCUMENTS[:2], resume=False)
    changed = replace(DOCUMENTS[1], text="another")
    file = AnswersFile(path, RUN, resume=True)
    file.claim(DOCUMENTS[0])
    file.write(bare_record(changed), document_key(changed))
    file.flush()
    as_killed = path.read_bytes()
    file.close()
    path.write_bytes(as_killed)  # nothing was taken out yet
    assert len(lines_of(path)) == 3
    assert written(path, [DOCUMENTS[0], changed]) == 0
    assert [source for source, _ in lines_of(path)] == ["/in/box/0.txt", "/in/box/1.txt"]
    assert document_key(changed).hex() in path.read_text()


@settings(max_examples=80, deadline=None)
@given(days=st.lists(st.lists(st.sampled_from("abc"), min_size=3, max_size=3), max_size=5))
def test_after_each_day_every_file_has_the_answer_to_what_it_holds(tmp_path_factory, days):
    path = tmp_path_factory.mktemp("days") / "answers.jsonl"
    for contents in days:
        documents = [
            Document(f"{n}.txt", text, source=f"/in/box/{n}.txt") for n, text in enumerate(contents)
        ]
        written(path, documents)
        keys = [json.loads(line)["key"] for line in path.read_text().splitlines()]
        assert sorted(keys) == sorted(document_key(d).hex() for d in documents)

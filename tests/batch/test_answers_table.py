"""Parquet and XLSX files of answers that later runs extend: nothing lost, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from protolabel.batch.answer_lines import COLUMNS
from protolabel.batch.answers_table import AnswersTable
from protolabel.batch.own_files import OwnFiles
from protolabel.batch.run_file import SUFFIX, Run, lines_of
from protolabel.errors import InputError
from protolabel.identity.document_key import document_key
from protolabel.types import Document

parquet = pytest.importorskip("pyarrow.parquet")
openpyxl = pytest.importorskip("openpyxl")
RUN = Run("a space", ("/in/box",), {"--top": 5})
DOCUMENTS = [Document(f"{n}.txt", f"text {n}", source=f"/in/box/{n}.txt") for n in range(5)]
TODAY = [DOCUMENTS[0], replace(DOCUMENTS[1], text="another"), *DOCUMENTS[2:]]
SUFFIXES = pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])


def record(document: Document) -> dict[str, object]:
    return {
        "id": document.id, "source": document.source, "alternatives": (), "evidence": None,
        "label": "bill", "score": 0.1 + 0.2, "space_version": 1,
    }  # fmt: skip


def written(path: Path, documents: list[Document], run: Run = RUN, *, resume: bool = True) -> int:
    """Write what is not in the table yet; return how many that were."""
    n = 0
    with AnswersTable(path, run, resume=resume) as file:
        for document in documents:
            if not file.claim(document):
                file.write(record(document), document_key(document))
                n += 1
    return n


def keys_of(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return parquet.read_table(path)["key"].to_pylist()
    (sheet,) = openpyxl.load_workbook(path).worksheets
    header, *rows = sheet.iter_rows(values_only=True)
    assert header == COLUMNS
    return [row[COLUMNS.index("key")] for row in rows]


def keys(documents: list[Document]) -> list[str]:
    return [document_key(document).hex() for document in documents]


@SUFFIXES
def test_each_day_only_new_and_changed_documents_are_answered(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    assert written(path, DOCUMENTS[:3], resume=False) == 3
    assert written(path, TODAY) == 3
    assert keys_of(path) == keys([TODAY[0], TODAY[2], TODAY[1], *TODAY[3:]])
    before = path.read_bytes()
    assert written(path, TODAY) == 0
    assert path.read_bytes() == before  # nothing is new, and nothing is written


@SUFFIXES
def test_without_resume_a_table_that_is_there_is_refused_and_told_how_to_go_on(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    written(path, DOCUMENTS, resume=False)
    with pytest.raises(InputError, match=r"exists already.*add --resume"):
        AnswersTable(path, RUN, resume=False)
    assert keys_of(path) == keys(DOCUMENTS)


def test_what_a_person_has_added_is_never_overwritten(tmp_path):
    path, mine = tmp_path / "answers.xlsx", tmp_path / "mine.xlsx"
    written(path, DOCUMENTS[:2], resume=False)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(1, len(COLUMNS) + 1, "my remarks")
    book.save(path)
    saved = path.read_bytes()
    with pytest.raises(InputError, match=r"saved by hand.*give that file another name"):
        written(path, DOCUMENTS)
    assert path.read_bytes() == saved
    path.rename(mine)
    assert written(path, DOCUMENTS) == 3
    assert keys_of(path) == keys(DOCUMENTS)
    assert mine.read_bytes() == saved


@SUFFIXES
def test_what_a_person_saves_while_a_run_answers_stays_and_no_answer_is_lost(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    written(path, DOCUMENTS[:2], resume=False)
    with (
        pytest.raises(InputError, match="saved by hand"),
        AnswersTable(path, RUN, resume=True) as file,
    ):
        file.write(record(DOCUMENTS[2]), document_key(DOCUMENTS[2]))
        path.write_bytes(b"mine")
    assert path.read_bytes() == b"mine"
    path.unlink()
    assert written(path, DOCUMENTS[:3]) == 0
    assert keys_of(path) == keys(DOCUMENTS[:3])


def begin_and_die(path: str) -> None:
    """Write one answer, and end as a kill ends a process."""
    file = AnswersTable(Path(path), RUN, resume=False)
    file.write(record(DOCUMENTS[0]), document_key(DOCUMENTS[0]))
    file.flush()
    os._exit(9)


BEGUN = """
import sys
sys.path.insert(0, sys.argv[1])
from test_answers_table import begin_and_die
begin_and_die(sys.argv[2])
"""


@SUFFIXES
def test_a_run_that_was_stopped_before_its_table_goes_on(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    command = [sys.executable, "-c", BEGUN, str(Path(__file__).parent), str(path)]
    assert subprocess.run(command, check=False).returncode == 9  # as a kill leaves it
    with pytest.raises(InputError, match=r"was begun by a run that was stopped.*add --resume"):
        AnswersTable(path, RUN, resume=False)
    assert written(path, DOCUMENTS) == 4
    assert keys_of(path) == keys(DOCUMENTS)


@SUFFIXES
def test_a_table_that_was_removed_is_written_again(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    written(path, DOCUMENTS[:3], resume=False)
    path.unlink()
    assert written(path, DOCUMENTS[:3]) == 0  # from what is kept of it
    assert keys_of(path) == keys(DOCUMENTS[:3])
    path.unlink()
    assert written(path, DOCUMENTS[:2], resume=False) == 2  # anew
    assert keys_of(path) == keys(DOCUMENTS[:2])


def test_a_table_without_what_is_kept_of_it_is_refused(tmp_path):
    path = tmp_path / "answers.xlsx"
    written(path, DOCUMENTS, resume=False)
    before = path.read_bytes()
    lines_of(path).unlink()
    with pytest.raises(InputError, match="which keeps its answers for later runs"):
        AnswersTable(path, RUN, resume=True)
    assert path.read_bytes() == before


def test_another_space_or_option_is_refused_and_two_runs_never_write_one_table(tmp_path):
    path = tmp_path / "answers.xlsx"
    written(path, DOCUMENTS, resume=False)
    before = path.read_bytes()
    for run in (replace(RUN, space="another"), replace(RUN, options={"--top": 9})):
        with pytest.raises(InputError, match=r"/answers\.xlsx holds answers"):
            written(path, DOCUMENTS, run)
    with (
        AnswersTable(path, RUN, resume=True),
        pytest.raises(InputError, match=r"/answers\.xlsx: another run is writing"),
    ):
        AnswersTable(path, RUN, resume=True)
    assert path.read_bytes() == before


def test_an_empty_day_begins_a_table_that_the_next_day_extends(tmp_path):
    path = tmp_path / "answers.xlsx"
    assert written(path, []) == 0
    assert keys_of(path) == []
    assert written(path, DOCUMENTS) == 5
    assert keys_of(path) == keys(DOCUMENTS)


def test_all_files_of_a_table_are_private_and_are_no_documents(tmp_path):
    path = tmp_path / "answers.xlsx"
    written(path, DOCUMENTS[:1], resume=False)
    files = (path, lines_of(path), Path(f"{lines_of(path)}{SUFFIX}"))
    for file in files:
        assert OwnFiles()(str(file)), file
        assert file.stat().st_mode & 0o777 == 0o600, file
    os.chmod(path, 0o640)
    written(path, DOCUMENTS)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == sorted(files)


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_answers_table import DOCUMENTS, TODAY, written

last, steps = 0, 0

def kill(event, arguments):
    global steps
    names = [os.fsdecode(a) for a in arguments[:2] if isinstance(a, (str, bytes, os.PathLike))]
    if last and any({folder!r} in name for name in names):
        steps += 1
        if steps == last:
            os._exit(9)

sys.addaudithook(kill)
status, step = 9, 0
while status == 9:
    step += 1
    path = Path({folder!r}, str(step), "answers.xlsx")
    path.parent.mkdir()
    written(path, DOCUMENTS[:3])
    process = os.fork()
    if not process:
        last = step
        written(path, TODAY)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
print(status, step)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_kill_before_any_step_on_a_file_loses_nothing_and_leaves_nothing_twice(tmp_path):
    """The process dies before its first, second ... last step: a whole table stands there."""
    script = KILLED.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    status, steps = map(int, done.stdout.split())
    assert status == 0
    assert steps > 8
    yesterday, today = sorted(keys(DOCUMENTS[:3])), sorted(keys(TODAY))
    for step in range(1, steps + 1):
        path = tmp_path / str(step) / "answers.xlsx"
        assert sorted(keys_of(path)) in (yesterday, today), step
        assert written(path, TODAY) <= 3
        assert sorted(keys_of(path)) == today, step
        assert len(lines_of(path).read_text().splitlines()) == len(TODAY), step


def test_a_parquet_file_may_have_a_name_that_is_not_in_utf8(tmp_path):
    path = tmp_path / "a\udcff.parquet"
    assert written(path, DOCUMENTS) == 5
    assert written(path, DOCUMENTS) == 0
    with path.open("rb") as file:
        assert parquet.read_table(file)["id"].to_pylist() == [one.id for one in DOCUMENTS]

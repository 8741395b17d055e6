"""Answers as a Parquet or XLSX file that later runs extend, though nothing can be appended to it.

The answers are lines of a hidden file beside it, with all that ``answers_file`` promises: a kill at
any moment costs at most what was not yet written. At the end of a run the table is made anew from
these lines, a row at a time, and takes the place of the one before when it is whole. A table that
somebody else has saved is never replaced. Nothing here labels.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from types import TracebackType

from protolabel.batch.answer_lines import COLUMNS, Record, cells
from protolabel.batch.answers_file import AnswersFile
from protolabel.batch.answers_place import exists_already, is_free
from protolabel.batch.run_file import Run, TableDigest, lines_of, tables_of, without_file
from protolabel.batch.table_files import full_sheet, most_rows, require_writer, table_rows
from protolabel.batch.version_marks import Marks, unmarked
from protolabel.errors import InputError
from protolabel.store.files import give_name, partial_file
from protolabel.system.private_files import make_private


class AnswersTable(AnswersFile):
    """A Parquet or XLSX file of answers, and the lines that it is made from."""

    def __init__(self, path: Path, run: Run, *, resume: bool, marks: Marks = unmarked) -> None:
        """Open the lines, and look at the table.

        Args:
            path: of the table.
            run: what its answers have in common.
            resume: go on with a table that is there.
            marks: see :class:`AnswersFile`.

        Raises:
            InputError: where it exists and ``resume`` is False, is of another run, is no file, or
                is not as an earlier run has left it.
            MissingPackageError: the package that writes it is not installed.
            OSError: where it cannot be written.
        """
        require_writer(path.suffix)
        self._has_failed = False
        lines = lines_of(path)
        if not is_free(path):
            if not resume:
                raise exists_already(lines, path)
            if not lines.exists():
                raise without_file(path, lines, "keeps its answers for later runs")
        super().__init__(lines, run, resume=resume, marks=marks, output=path)

    def _start(self, run: Run, marks: Marks, *, resume: bool) -> None:
        super()._start(run, marks, resume=resume)
        self._require_own_table()

    def _may_go(self, *, resume: bool) -> bool:
        """Return whether what is there binds nobody: without an answer, or of a table removed."""
        if super()._may_go(resume=resume):
            return True
        return not resume and not os.path.lexists(self.output) and bool(tables_of(self.path))

    def write(self, record: Record, key: bytes, *, moves: bool = False) -> None:
        """Append an answer, as docs/json.md documents it: the columns of the table.

        Raises:
            InputError: this run alone has more answers than a sheet has rows.
        """
        if self._n_written >= most_rows(self.output.suffix):
            raise full_sheet()
        super().write(dict(zip(COLUMNS, cells(record, key.hex()), strict=True)), key, moves=moves)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close both files; a run that failed before any answer leaves no table."""
        self._has_failed = error is not None
        super().__exit__(kind, error, trace)

    def _finish(self) -> None:
        """Make the table anew, unless it was made from these very lines.

        Raises:
            InputError: the sheet is full, or somebody has saved the table meanwhile. The lines
                keep all answers.
        """
        lines, n = hashlib.sha256(), 0
        for line in self.kept_lines():
            lines.update(line)
            n += 1
        is_there = os.path.lexists(self.output)
        if is_there:
            table = self._require_own_table()
            if TableDigest(table, lines.hexdigest()) in self._notes.tables:
                return
        elif self._has_failed and not n:
            return
        target = Path(os.path.realpath(self.output))
        with partial_file(target) as partial:
            make_private(partial)
            self._write_table(partial)
            if is_there:  # its owner decides who may read it
                os.chmod(partial, target.stat().st_mode & 0o777)
            digest = TableDigest(_sha256(partial), lines.hexdigest())
            self._notes.note_tables(*self._notes.tables, digest)
            self._give_name(partial, target)
        self._notes.note_tables(digest)

    def _write_table(self, path: Path) -> None:
        """Write the rows of all lines."""
        rows = table_rows(path, self.output.suffix)
        try:
            for line in self.kept_lines():
                answer = json.loads(line)
                rows.write([answer.get(name) for name in COLUMNS])
        finally:
            rows.close()

    def _give_name(self, partial: Path, target: Path) -> None:
        """Give the new table its name, durably, unless somebody has saved another one meanwhile."""
        try:
            give_name(partial, target)
        except FileExistsError:
            self._require_own_table()
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(partial, target)

    def _require_own_table(self) -> str:
        """Return the digest of the table as it is; empty where there is none.

        Raises:
            InputError: it is not as a run has left it.
        """
        if not os.path.lexists(self.output):
            return ""
        table = _sha256(self.output)
        if table in {digest.table for digest in self._notes.tables}:
            return table
        raise InputError(
            f"{self.output} was saved by hand or by another program after `protolabel label` wrote "
            "it",
            expected="the file as it was written: what a person adds is never overwritten",
            remedy="give that file another name; the same command with --resume then writes "
            f"{self.output.name} again, and answers no document twice",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""A file of answers that later runs extend: only what is new or changed is answered again.

Each line carries the key of its document, so the file itself says what has been answered. The file
beside it (``run_file``) names the label space, the inputs and the options, so two runs never mix. A
kill at any moment costs at most the answers that were not yet written: they are made again, and a
torn last line is removed. Nothing here labels.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from protolabel.batch.answer_lines import (
    COLUMNS,
    Columns,
    Record,
    cells,
    columns_of,
    json_line,
    name_read,
    read_answer,
    renamed,
    source_of,
)
from protolabel.batch.answers_place import (
    busy,
    exists_already,
    is_left_without_answers,
    is_new,
    refuse_other_format,
)
from protolabel.batch.earlier_answers import (
    Again,
    AnsweredBy,
    AnswerLine,
    Claim,
    Earlier,
    EarlierAnswers,
)  # fmt: skip
from protolabel.batch.locks import lock
from protolabel.batch.moved_names import MovedNames
from protolabel.batch.named_faults import naming_output
from protolabel.batch.run_file import Run, RunNotes, joined, read_run, side_file, tables_of
from protolabel.batch.sources_read import SourcesRead
from protolabel.batch.version_marks import Marks, unmarked
from protolabel.columns.csv_lines import BOM, csv_line
from protolabel.errors import InputError
from protolabel.identity.document_key import (
    NOWHERE,
    document_key,
    from_folder,
    has_passing_name,
    place_of,
    source_digest,
    table_digest,
    table_of,
    whole_path,
)
from protolabel.identity.former_keys import FormerKeys
from protolabel.store.files import replacement
from protolabel.system.closable import Closable
from protolabel.system.private_files import PRIVATE
from protolabel.types import Document


class AnswersFile(Closable):
    """A file of answers that is open for writing. Lines are JSON, or CSV for ``*.csv``."""

    def __init__(
        self,
        path: Path,
        run: Run,
        *,
        resume: bool,
        marks: Marks = unmarked,
        output: Path | None = None,
    ) -> None:
        """Open the file.

        Args:
            path: of the file.
            run: what its answers have in common.
            resume: go on with a file that is there.
            marks: returns the mark of a version (:meth:`Rows.mark`). An answer of a version that
                has another mark now counts as one of version 0.
            output: what ``--out`` names and errors speak of, where it is another file that is made
                from these lines.

        Raises:
            InputError: where it exists and ``resume`` is False, is of another run, or is no file;
                where something else has the name of the file beside it.
            OSError: where it cannot be written.
        """
        self.path, self.output = path, output or path
        self._csv = path.suffix.lower() == ".csv"
        self._columns: Columns | None = COLUMNS if self._csv else None  # or an earlier file's
        self._names, self._read = MovedNames(), SourcesRead()
        self._folder = run.folder or None  # which sources in the file are relative to
        refuse_other_format(path)
        may_exist = resume or self._may_go(resume=resume)
        self._is_new, self._n_written = is_new(path, self.output, may_exist=may_exist), 0
        flags = os.O_RDWR | os.O_CREAT | (os.O_EXCL if self._is_new else 0)
        try:
            descriptor = os.open(path, flags, PRIVATE)
        except FileExistsError as error:
            raise busy(self.output) from error
        self._file: BinaryIO = os.fdopen(descriptor, "r+b")
        try:
            try:
                lock(self._file)
            except BlockingIOError as error:
                raise busy(self.output) from error
            self._start(run, marks, resume=resume)
        except BaseException:
            self._file.close()
            if self._is_new:
                with suppress(OSError):
                    os.unlink(path)
            raise

    def _start(self, run: Run, marks: Marks, *, resume: bool) -> None:
        lines: Iterable[AnswerLine] = ()
        if self._may_go(resume=resume):
            self._file.truncate(0)
        elif not resume and not self._is_new:  # another run has written to it meanwhile
            raise exists_already(self.path, self.output)
        if os.fstat(self._file.fileno()).st_size:
            run = joined(read_run(self.path), run, self.output)
            self._folder = run.folder or None
            absent = run.absent(marks)
            lines = (
                replace(a, by=AnsweredBy(0)) if a.by.version in absent else a
                for a in self._answer_lines()
            )
        tables = tables_of(self.path) if os.path.lexists(self.output) else ()
        run = replace(run, tables=tables)
        self.earlier = EarlierAnswers(lines, self._read.is_whole)
        self._again: tuple[Again | None, AnsweredBy] = (None, AnsweredBy(0))
        self._notes = RunNotes(self.path, run, marks)
        self._file.seek(0, os.SEEK_END)
        if self._csv and not self._file.tell():
            self._file.write((BOM + csv_line(COLUMNS)).encode())

    def _may_go(self, *, resume: bool) -> bool:
        """Return whether what is there binds nobody: ours, left without an answer by a failure."""
        return is_left_without_answers(self.path)

    def answer_again(self, scope: Again | None, by: AnsweredBy) -> None:
        """Say which answers are made again, and by what: they are not claimed, and replaced."""
        self._again = (scope, by)

    def _answer_lines(self) -> Iterator[AnswerLine]:
        """Yield what each line says of its document; at the end remove a line that was cut off."""
        whole = 0
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            if self._csv and number == 1:
                self._columns = columns_of(line, self.path)
                continue
            try:
                answer = read_answer(line, self._columns, self._folder)
            except (ValueError, KeyError, TypeError, RecursionError, csv.Error) as error:
                raise InputError(
                    f"{self.path}:{number}: no answer of `protolabel label --out`",
                    expected="an answer with the key of its document on every line",
                    remedy="give --out another file",
                ) from error
            yield answer
        self._file.truncate(whole)

    def claim(self, document: Document) -> Earlier | None:
        """Return the answer that an earlier run gave to a document; None if it is due.

        Where the document has another number in its table or mailbox by now, or other flags in its
        Maildir, its line gets that when the file is closed. See :meth:`EarlierAnswers.claim`.
        """
        names = from_folder(document.source, self._folder), document.id
        source, identity = name_read(*names, as_csv=self._csv)
        keys = (document_key(document), *FormerKeys.of(document).keys)
        in_mailbox = bool(document.message_path)
        place = NOWHERE if in_mailbox else place_of(source, identity, folder=self._folder)
        may_move = in_mailbox or has_passing_name(source, self._folder)
        digest = source_digest(source, self._folder) if may_move else b""
        self._read.note(document)
        claim = Claim(keys, place, digest, table_digest(table_of(document.source)))
        earlier = self.earlier.claim(claim, *self._again)
        if earlier is not None and earlier.moved_line is not None:
            self._names.note(earlier.moved_line, *names)
        return earlier

    def note_fault(self, source: str) -> None:
        """Take note of what cannot be read: answers to what else its table held hold on."""
        self._read.note_fault(source)

    def note_end(self) -> None:
        """Take note that the inputs are read to their end."""
        self._read.note_end()

    def count_absent(self) -> int:
        """Return how many earlier answers are of messages that their mailbox no longer holds.

        They stay: the mailbox, and what its messages hold, may be read in another way later.
        """
        if not self._read.has_mailbox or self.earlier.are_all_claimed:
            return 0
        self._file.seek(0)
        header = int(self._csv)
        lines = enumerate(islice(self._file, header, header + len(self.earlier)))
        sources = (source_of(x, self._columns) for n, x in lines if not self.earlier.is_claimed(n))
        n_absent = sum(self._read.was_in_mailbox(whole_path(s, self._folder)) for s in sources)
        self._file.seek(0, os.SEEK_END)
        return n_absent

    @naming_output
    def write(self, record: Record, key: bytes, *, moves: bool = False) -> None:
        """Append an answer, as docs/json.md documents it.

        An answer to what the document held before is taken out when the file is closed.
        ``moves``: the document is of a mailbox, where another one may have stood in its place.
        """
        self._notes.note(int(record["space_version"]))
        table = table_of(record["source"])
        record = {**record, "source": from_folder(record["source"], self._folder)}
        if self._columns is not None:
            text = csv_line(cells(record, key.hex(), self._columns))
            line = text.encode("utf-8", "backslashreplace")
        else:
            line = json_line(record | {"key": key.hex()})
        self._file.write(line)
        self._n_written += 1
        name = name_read(record["source"], record["id"], as_csv=self._csv)
        place = NOWHERE if moves else place_of(*name, folder=self._folder)
        self.earlier.note_answer(key, place, table_digest(table))

    @naming_output
    def flush(self) -> None:
        """Hand what was written to the operating system: a kill of this process loses none."""
        self._file.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; one that this run has made goes where it failed before any answer."""
        if error is not None and self._is_new and not self._n_written:
            self._file.close()
            for path in (self.path, side_file(self.path)):
                with suppress(OSError):
                    os.unlink(path)
        self.close()

    @naming_output
    def close(self) -> None:
        """Make everything durable, and close the file."""
        if not self._file.closed:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._finish()
                self._write_kept()
            finally:
                self._file.close()
                self._names.close()

    def _finish(self) -> None:
        """Do what is due when all answers are on the disk, and before others may write there."""

    def kept_lines(self) -> Iterator[bytes]:
        """Yield the lines that still hold; those of documents that moved, with their new number."""
        replaced, header = self.earlier.replaced(), int(self._csv)
        names = self._names.in_order()
        name = next(names, None)
        self._file.seek(0)
        for number, line in enumerate(self._file, start=-header):
            if name is not None and number == name[0]:
                line = renamed(line, *name[1:], self._columns)
                name = next(names, None)
            if number not in replaced:
                yield line

    def _write_kept(self) -> None:
        """Write the file again with the lines that are kept, whole or not at all."""
        if not self.earlier.replaced() and not self._names:
            return
        target = Path(os.path.realpath(self.path))
        mode = os.fstat(self._file.fileno()).st_mode & 0o777
        with replacement(target, mode) as copy:
            copy.writelines(self.kept_lines())

"""The journal of a sorted folder: which file was put where, and what is about to be put.

It stands in the folder itself, as ``.protolabel/journal.jsonl``. A line is added before a file is
placed and another one after, so that a run that was killed is brought to an end by the next one.
No file is placed here, and none is read for its text.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from protolabel.batch.locks import lock
from protolabel.batch.sorting.class_folders import ClassFolders
from protolabel.batch.sorting.entries import Entry, is_of_one_document
from protolabel.batch.version_marks import Marks, is_of_version, unmarked
from protolabel.errors import InputError
from protolabel.identity.maildir_paths import lasting_path
from protolabel.identity.sorted_paths import HOME, JOURNAL, MARK
from protolabel.store.files import replacement
from protolabel.system.private_files import PRIVATE

VERSION = 1
_SLACK = 1000  # lines beyond one for each entry, before the journal is written anew


_FIELDS = {field.name for field in fields(Entry)}
# Entries of earlier versions of protolabel lack these.
_LATER_FIELDS = {
    "chance", "class_before", "version_before", "is_partial", "earlier_versions", "head",
}  # fmt: skip


class Journal:
    """The entries of a sorted folder, open for one run at a time."""

    def __init__(self, folder: Path, space: str | None, marks: Marks = unmarked) -> None:
        """Open the journal.

        Args:
            folder: the sorted folder.
            space: the identity of the label space, None to take any.
            marks: returns the mark of a version (:meth:`Rows.mark`). An entry whose version has
                another mark now is of version 0.

        Raises:
            InputError: it is of another label space, damaged, or in use.
            OSError: it cannot be written.
        """
        self.path = folder / HOME / JOURNAL
        self.space, self.folders = space, ClassFolders()
        self._marks = lru_cache(maxsize=None)(marks)
        self.entries: dict[str, Entry] = {}
        self.own_folders: dict[str, int] = {}  # that sorting made: place, inode or 0
        self._places: dict[str, str] = {}  # of sources that stay where they are
        self._before: dict[str, str] = {}  # an intended place -> that of the same source before it
        self._recorded: set[str] = set()
        self._lines, self._is_of_another = 0, False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock_file(self.path.parent / "lock", folder)
        try:
            self._file = self._journal_file()
        except BaseException:
            self._lock.close()
            raise

    def _journal_file(self) -> BinaryIO:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, PRIVATE)
        file = os.fdopen(descriptor, "r+b")
        try:
            whole = 0
            folders: dict[str, str] = {}
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):  # cut off by a kill
                    break
                whole += len(line)
                try:
                    self._take(json.loads(line), folders, first=number == 1)
                except (ValueError, KeyError, TypeError) as error:
                    raise _damage_error(self.path, number) from error
            file.truncate(whole)
            file.seek(whole)
            self.folders, self._recorded = ClassFolders(folders), set(folders)
            for entry in self.entries.values():
                self.folders.leave_free(entry.place)
                self._marks(entry.version)  # the label space may be closed before the journal is
        except BaseException:
            file.close()
            raise
        if self._is_of_another and self._lines > 1:
            file.close()
            raise InputError(
                f"{self.path.parent.parent} was sorted by another label space",
                expected="the label space that it was begun with",
                remedy="give --sort-into another folder",
            )
        if self._is_of_another:  # which has sorted nothing: nothing binds this run
            file.seek(0)
            file.truncate()
            whole = self._lines = 0
        if not whole and self.space is not None:
            self._file = file
            self._write([{MARK: VERSION, "space": self.space}])
        return file

    def _take(self, record: dict[str, object], folders: dict[str, str], *, first: bool) -> None:
        self._lines += 1
        if first:
            if record[MARK] != VERSION:
                raise ValueError(record[MARK])
            self._is_of_another = self.space is not None and record["space"] != self.space
        elif "folder" in record:
            folders[str(record["folder"])] = str(record["class"])
        elif "gone" in record:
            self._drop(str(record["gone"]))
        elif "own_folder" in record:
            self.own_folders[str(record["own_folder"])] = int(str(record.get("inode", 0)))
        elif "own_folder_gone" in record:
            self.own_folders.pop(str(record["own_folder_gone"]), None)
        else:
            stamp, mark = record["stamp"], record.pop("mark", "")
            if not _FIELDS - _LATER_FIELDS <= set(record) <= _FIELDS or not isinstance(stamp, list):
                raise ValueError("entry")
            versions = tuple(map(int, record.get("earlier_versions", ())))  # type: ignore[call-overload]
            tuples = {"stamp": tuple(stamp), "earlier_versions": versions}
            entry = Entry(**(record | tuples))  # type: ignore[arg-type]
            is_there = is_of_version(str(mark), entry.version, self._marks)
            self._keep(entry if is_there else replace(entry, version=0))

    def of_source(self, source: str) -> Entry | None:
        """Return the entry of a source that was copied or linked, None if there is none."""
        return self.entries.get(self._places.get(lasting_path(source), ""))

    def write(self, entries: list[Entry], *, durable: bool = False) -> None:
        """Add or replace entries. An entry that is placed ends the one that it was moved from.

        Raises:
            ValueError: the place is another document's; nothing of that entry is written.
        """
        records: list[dict[str, object]] = []
        for entry in entries:
            earlier = self.entries.get(entry.place)
            if earlier is not None and not is_of_one_document(earlier, entry):
                raise ValueError(f"{entry.place} is the place of another document")
            records += self._new_folders(self.folders.of_place(entry.place))
            self.folders.leave_free(entry.place)
            self._keep(entry)
            records.append(self._record(entry))
        self._write(records)
        if durable:
            os.fsync(self._file.fileno())

    def _new_folders(self, folder: str) -> list[dict[str, object]]:
        """Return the lines of the folders on the way to that of a class that have none yet."""
        new = [one for one in self.folders.way_to(folder) if one not in self._recorded]
        labels = self.folders.recorded() if new else {}
        new = [one for one in new if one in labels]
        self._recorded.update(new)
        return [{"folder": one, "class": labels[one]} for one in new]

    def _record(self, entry: Entry) -> dict[str, object]:
        """Return an entry as the line that holds it."""
        return asdict(entry) | {"mark": self._marks(entry.version)}

    def remove(self, entry: Entry) -> None:
        """Forget an entry; the file, if it is there, is then somebody else's."""
        self._drop(entry.place)
        self._write([{"gone": entry.place}])

    def note_folders(self, folders: Mapping[str, int]) -> None:
        """Write down folders that sorting has made, each with its inode."""
        self.own_folders.update(folders)
        self._write([_record_of_folder(*pair) for pair in folders.items()])

    def forget_folder(self, folder: str) -> None:
        """Write down that a folder is gone, or no longer that of sorting."""
        self.own_folders.pop(folder, None)
        self._write([{"own_folder_gone": folder}])

    def _keep(self, entry: Entry) -> None:
        intended = entry.state == "intended"
        if not intended:
            earlier = self.entries.get(entry.moved_from)
            if earlier is not None and earlier.known_source == entry.known_source:
                self._drop(entry.moved_from)
            entry = replace(entry, moved_from="")
            self._before.pop(entry.place, None)
        self.entries[entry.place] = entry
        if entry.how != "move" and not (entry.moved_from and intended):
            before = self._places.get(entry.known_source, entry.place)
            if intended and before != entry.place:
                self._before[entry.place] = before
            self._places[entry.known_source] = entry.place

    def _drop(self, place: str) -> None:
        """Forget an entry; one that was only intended leaves its source to the entry before it."""
        entry, before = self.entries.pop(place, None), self._before.pop(place, "")
        if entry is not None and self._places.get(entry.known_source) == place:
            del self._places[entry.known_source]
            if before in self.entries:
                self._places[entry.known_source] = before

    def _write(self, records: list[dict[str, object]]) -> None:
        self._lines += len(records)
        self._file.write("".join(json.dumps(record) + "\n" for record in records).encode())
        self._file.flush()

    def close(self) -> None:
        """Make everything durable, and write the journal anew where most of it is out of date."""
        if self._file.closed:
            return
        try:
            os.fsync(self._file.fileno())
            if self._lines > 2 * len(self.entries) + _SLACK:
                self._rewrite()
        finally:
            self._file.close()
            self._lock.close()

    def _rewrite(self) -> None:
        with replacement(self.path, PRIVATE) as file:
            self._file.seek(0)
            file.write(self._file.readline())
            for folder in sorted(self._recorded):
                record = {"folder": folder, "class": self.folders.recorded()[folder]}
                file.write((json.dumps(record) + "\n").encode())
            for pair in sorted(self.own_folders.items()):
                file.write((json.dumps(_record_of_folder(*pair)) + "\n").encode())
            for entry in self.entries.values():
                file.write((json.dumps(self._record(entry)) + "\n").encode())


def _record_of_folder(folder: str, inode: int) -> dict[str, object]:
    return {"own_folder": folder, "inode": inode}


def _lock_file(path: Path, folder: Path) -> BinaryIO:
    """Return the file whose lock keeps other runs out, where the system has such locks."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE), "r+b")
    try:
        lock(file)
    except OSError as error:
        file.close()
        if not isinstance(error, BlockingIOError):
            raise
        raise InputError(
            f"{folder}: another run is sorting files into it",
            expected="one run at a time",
            remedy="wait until it has ended, or stop it where it follows the folder",
        ) from error
    return file


def _damage_error(path: Path, number: int) -> InputError:
    return InputError(
        f"{path}:{number}: damaged, or not written by protolabel",
        expected="the journal as an earlier run left it",
        remedy="give --sort-into another folder",
    )

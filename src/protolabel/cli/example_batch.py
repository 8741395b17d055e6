"""Examples that a command adds as one change: read, checked, left out where asked, reported."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import click

from protolabel.batch.skipped import Skipped
from protolabel.cli.change import carry_out
from protolabel.cli.exports import export_records
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.option_records import F, with_record
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import (
    SKIP_BAD,
    SKIP_KNOWN,
    SOME_SKIPPED,
    ReadingFlags,
    examples_of,
    naming_skip_bad,
    print_notice,
    refuse_bad,
    skipped_of,
)
from protolabel.cli.skipped_lines import SkippedLines
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.label_space.changes import Add
from protolabel.label_space.changes.import_records import import_request
from protolabel.label_space.changes.usable_examples import (
    usable_examples,
    without_needless_negatives,
)
from protolabel.label_space.changes.usable_labels import examples_of_usable_labels
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.person_statements.shared_parts import (
    examples_of_shared,
    without_shared_parts,
)
from protolabel.label_space.session import session_of
from protolabel.readers import Unreadable, parents_above
from protolabel.readers.paths import source_name
from protolabel.types import Change, Example
from protolabel.words.quantity import quantity


@dataclass(frozen=True, slots=True)
class ExampleFlags:
    """What is left out of a batch, and whether its classes may be new.

    Attributes:
        skip_known: leave out what is here already.
        skip_bad: leave out what cannot be used.
        new: make classes that are not there without asking.
    """

    skip_known: bool = False
    skip_bad: bool = False
    new: bool = False


def example_flags(function: F) -> F:
    """Add the options about a batch, as one argument ``taking``."""
    return with_record(function, "taking", ExampleFlags, [SKIP_KNOWN, SKIP_BAD, NEW])


class ExampleBatch:
    """Examples that come in as one change."""

    def __init__(
        self,
        flags: ExampleFlags,
        *,
        parents: Mapping[str, str | None] | None = None,
        also: tuple[str, ...] = (),
        negative: bool = False,
    ) -> None:
        """Take the options, and what is the same for all examples.

        Args:
            flags: the options of the command line.
            parents: the class above each class; None for the top.
            also: further classes of all of them.
            negative: whether none of them is of its class.
        """
        self.flags = flags
        self.parents, self.also, self.negative = parents or {}, also, negative
        self.skipped: list[Skipped] = []
        self._lines = SkippedLines()

    def add(
        self,
        space: LabelSpace,
        inputs: tuple[str, ...],
        label: str | None,
        reading: ReadingFlags,
        json_: bool,
        typed: Iterable[Example] = (),
    ) -> None:
        """Read, leave out what cannot be used where that was asked for, and add the rest."""
        with progress_display() as progress, self._lines:
            examples = without_needless_negatives(space.view(), list(typed))
            flags = replace(reading.for_space(space), negatives=True)
            alone = len(inputs) == 1 and not examples and not os.path.isdir(inputs[0])
            take_note = partial(self._on_unreadable, alone=alone)
            examples += examples_of(inputs, label, flags, progress, take_note)
            examples += [replace(e, label=other, id="") for other in self.also for e in examples]
            if self.negative:
                examples = [replace(e, negative=True) for e in examples]
            examples, shared = _without_shared_parts(space, examples)
            if label is None and self.flags.skip_bad:
                examples, unusable = examples_of_usable_labels(space.view(), examples)
                for fault in unusable:
                    self._skip(fault)
            if label is None:
                named = dict.fromkeys(e.label for e in examples if not e.negative)
                certain = {e.label for e in examples if e.is_name}
                ask_about_new(space, named, self.flags.new, of_rows=True, certain=certain)
            if self.flags.skip_bad:
                examples, unusable = usable_examples(
                    space.view(), examples, progress, skip_known=self.flags.skip_known
                )
                for fault in unusable:
                    self._skip(fault)
                examples = without_needless_negatives(space.view(), examples)
            if not examples:
                raise InputError(
                    "no example that can be used", expected="at least one",
                    remedy="see the reasons above; nothing was changed",
                )  # fmt: skip

        parents = parents_above((e.label for e in examples if not e.negative), self.parents)
        with self._naming_skip_bad(lambda error: len(examples) == 1):
            request = Add(examples, self.flags.skip_known, parents, shared)
            change = carry_out(request, space, json_, shows_progress=True)
        self._finish(str(space.path), change, json_)

    def add_export(self, space: LabelSpace, source: str, json_: bool) -> None:
        """Take in an export: all of it, or what can be used of it where that was asked for."""
        name = source_name(source)
        on_unusable = self._skip_record if self.flags.skip_bad else None
        with (
            self._lines,
            self._naming_skip_bad(lambda error: error.got.startswith(f"{name}:1: ")),
        ):  # no line
            request = import_request(
                export_records(source),
                space.view(),
                name,
                on_unusable,
                skip_known=self.flags.skip_known,
            )
            change = carry_out(request, space, json_, shows_progress=True)
        self._finish(str(space.path), change, json_)

    @contextmanager
    def _naming_skip_bad(self, is_whole: Callable[[InputError], bool]) -> Iterator[None]:
        """Say in an error about one example that --skip-bad leaves it out, where that is off."""
        try:
            yield
        except InputError as error:
            if self.flags.skip_bad or is_whole(error):
                raise
            raise naming_skip_bad(error) from error

    def _finish(self, path: str, change: Change | None, json_: bool) -> None:
        """Say what was there already and what was skipped; end with the exit code of that."""
        if change and (n := change.number("repeated")):
            undo = shlex.join(["protolabel", "undo", path])
            parts, along = [], change.number("came_along")
            if n_old := n - along:
                were = "was" if n_old == 1 else "were"
                parts.append(f"{quantity(n_old, 'example')} {were} here already")
            if along:
                repeat = "repeats" if along == 1 else "repeat"
                parts.append(f"{quantity(along, 'example')} {repeat} another that came along")
            is_, it = ("is", "it") if n == 1 else ("are", "them")
            note(
                f"{' and '.join(parts)}, and {is_} here twice now; to leave {it} out: `{undo}`, "
                "then the same command with --skip-known",
                always=True,
            )
        if self.skipped:
            note(f"{quantity(len(self.skipped), 'document')} skipped", always=True)
            if json_:
                for skipped in self.skipped:
                    line({"skipped": skipped.source, "reason": skipped.reason})
            raise click.exceptions.Exit(SOME_SKIPPED)

    def _on_unreadable(self, fault: Unreadable, *, alone: bool) -> None:
        """Take note of a document that cannot be read, or refuse it."""
        if not self.flags.skip_bad:
            refuse_bad(fault, alone=alone)
        self._skip(fault)

    def _skip_record(self, place: str, error: InputError) -> None:
        self._skip(Unreadable(place, error))

    def _skip(self, fault: Unreadable) -> None:
        skipped = skipped_of(fault)
        self.skipped.append(skipped)
        self._lines.add(skipped)


def _without_shared_parts(
    space: LabelSpace, examples: list[Example]
) -> tuple[list[Example], tuple[str, ...]]:
    """Return examples without the parts of mails that other mails have, too; notices name these.

    Beside them are the ids of earlier examples that turn out to be such parts.
    """
    usable, shared = without_shared_parts(session_of(space).store, examples)
    for part in shared:
        print_notice(part.notice)
    return usable, examples_of_shared(shared)

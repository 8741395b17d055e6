"""The documents of a stream that can be used, for commands that look at all of them at once."""

from __future__ import annotations

from collections.abc import Iterator

import click

from protolabel.batch.skipped import Skipped
from protolabel.cli.reading import (
    SOME_SKIPPED,
    Continuation,
    ReadingFlags,
    documents,
    examples_of,
    refuse_bad,
    skipped_of,
)
from protolabel.cli.skipped_lines import SkippedLines
from protolabel.cli.terminal import note
from protolabel.progress import Progress
from protolabel.readers import Unreadable
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity


class Usable:
    """The documents of the inputs that can be used; the others are reported and counted.

    ``stream`` yields them once; it is None where no input is named.
    """

    def __init__(
        self,
        inputs: tuple[str, ...],
        reading: ReadingFlags,
        progress: Progress,
        *,
        skip_bad: bool,
    ) -> None:
        self.stream: Iterator[Document] | None = None
        self._faults = Faults(skip_bad=True)
        if inputs:
            items = documents(inputs, (), reading, progress, Continuation(skip_bad))
            self.stream = self._faults.usable(items)

    def end(self) -> None:
        """End the command with exit code 6 where something was skipped."""
        self._faults.end()


class Faults:
    """What cannot be used: refused, or reported and counted with ``--skip-bad``."""

    def __init__(self, *, skip_bad: bool) -> None:
        self.skip_bad, self._n_skipped = skip_bad, 0
        self._lines = SkippedLines()

    def take(self, fault: Unreadable) -> None:
        """Report a document that cannot be read, or raise its error."""
        if not self.skip_bad:
            refuse_bad(fault)
        self.skip(skipped_of(fault))

    def skip(self, skipped: Skipped) -> None:
        """Report a document that is left out."""
        self._n_skipped += 1
        self._lines.add(skipped)

    def usable(self, items: Iterator[Document | Skipped]) -> Iterator[Document]:
        """Yield the documents of a stream that can be used, and report the others."""
        with self._lines:
            for item in items:
                if isinstance(item, Skipped):
                    self.skip(item)
                else:
                    yield item

    def examples(
        self, inputs: tuple[str, ...], reading: ReadingFlags, progress: Progress
    ) -> list[Example]:
        """Return the labelled documents of the inputs that can be used, and report the others."""
        with self._lines:
            return examples_of(inputs, None, reading, progress, self.take)

    def end(self) -> None:
        """End the command with exit code 6 where something was skipped."""
        if self._n_skipped:
            note(f"{quantity(self._n_skipped, 'document')} skipped", always=True)
            raise click.exceptions.Exit(SOME_SKIPPED)

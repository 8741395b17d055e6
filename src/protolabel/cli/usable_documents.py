"""The documents of a stream that can be used, for commands that look at all of them at once."""

from __future__ import annotations

from collections.abc import Iterator

import click

from protolabel.batch.skipped import Skipped
from protolabel.cli.reading import SOME_SKIPPED
from protolabel.cli.terminal import note
from protolabel.types import Document


class Usable:
    """The documents of a stream that can be used; the others are reported and counted."""

    def __init__(self, stream: Iterator[Document | Skipped]) -> None:
        self._stream, self._n_skipped = stream, 0

    def __iter__(self) -> Iterator[Document]:
        for item in self._stream:
            if isinstance(item, Skipped):
                self._n_skipped += 1
                note(f"skipped {item.source}: {item.reason}", always=True)
            else:
                yield item

    def end(self) -> None:
        """End the command with exit code 6 where something was skipped."""
        if self._n_skipped:
            raise click.exceptions.Exit(SOME_SKIPPED)

"""The command line of a benchmark, whose help is what its file says of itself.

The rivals' own environments read this file too, so it needs no package.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection
from pathlib import Path


def command_line(about: str | None) -> argparse.ArgumentParser:
    """A parser that has no option yet, for the module whose first lines are ``about``.

    What it does not know it refuses with exit code 2, before anything is measured or written.
    """
    spec = sys.modules["__main__"].__spec__
    return argparse.ArgumentParser(
        prog=None if spec is None else f"python -m {spec.name}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def one_of(names: Collection[str]) -> Callable[[str], str]:
    """The type of a word of ``nargs="*"``, whose ``choices`` would refuse that there is none."""

    def checked(word: str) -> str:
        if word not in names:
            raise argparse.ArgumentTypeError(f"got {word!r}, expected one of {', '.join(names)}")
        return word

    return checked


def tables_option(parser: argparse.ArgumentParser, kept: Path) -> None:
    """Add ``--tables``, which writes what ``kept`` holds; where that is nothing, it is refused.

    It would write a page without figures over one that has them.
    """

    class Tables(argparse.Action):
        def __call__(self, parser: argparse.ArgumentParser, namespace: object, *_: object) -> None:
            if not any(kept.glob("*.json")):
                parser.error(f"--tables: nothing is kept in {kept}; run it without --tables first")
            setattr(namespace, self.dest, True)

    help_ = "write what is kept, make nothing"
    parser.add_argument("--tables", nargs=0, action=Tables, default=False, help=help_)

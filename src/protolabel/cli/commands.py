"""The list of commands, and the group that imports the module of a command only when it is run.

The list holds the first sentence of each command's help, so that ``protolabel --help`` and the
completion of names import no command. A test compares both. It parses nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem


class Entry(NamedTuple):
    """Where a command stands, and the first sentence of its help.

    Attributes:
        name: as it is typed.
        module: of this package.
        attribute: of that module.
        sentence: without its full stop.
    """

    name: str
    module: str
    attribute: str
    sentence: str

    @property
    def short_help(self) -> str:
        """The help as click shortens it for the completion of names."""
        return click.Command(self.name, help=f"{self.sentence}.").get_short_help_str()


ENTRIES = (  # in the order in which a label space meets them
    Entry("init", "file", "init", "Make a label space: one file, bound to its encoder"),
    Entry("describe", "classes", "describe", "Describe classes in words; new ones are made"),
    Entry("add", "examples", "add", "Add examples of one class, which is made if it is new"),
    Entry(
        "import",
        "examples",
        "import_",
        "Add labelled examples from files: all of them, or none if one cannot be used",
    ),
    Entry("label", "label", "label", "Label documents: one, or millions as a stream"),
    Entry("stream", "stream", "stream", "Answer documents as they come, one line of JSON each"),
    Entry(
        "correct",
        "correct",
        "correct",
        "Correct the class of a document: it becomes an example of that class alone",
    ),
    Entry(
        "learn",
        "learn",
        "learn",
        "Learn from a sorted folder: the files that people moved there become examples",
    ),
    Entry("classes", "look", "classes", "List the classes"),
    Entry("show", "look", "show", "Show a class: its description and its examples"),
    Entry("history", "look", "history", "List the changes, newest first"),
    Entry(
        "export",
        "look",
        "export",
        "Write the classes and examples of a label space as JSON lines, which `import` reads",
    ),
    Entry(
        "rename",
        "classes",
        "rename",
        "Give a class another name; its examples and description stay as they are",
    ),
    Entry("merge", "classes", "merge", "Merge several classes into one"),
    Entry("split", "classes", "split", "Split a class: some of its examples go into new classes"),
    Entry("nest", "classes", "nest", "Put classes under another class"),
    Entry(
        "lift",
        "classes",
        "lift",
        "Lift classes to the top level; the classes under them come along",
    ),
    Entry(
        "retire",
        "classes",
        "retire",
        "Take classes out of the answers; their examples and descriptions are kept",
    ),
    Entry("unretire", "classes", "unretire", "Bring retired classes back into the answers"),
    Entry(
        "sharpen",
        "classes",
        "sharpen",
        "Sharpen descriptions with the documents that were labelled",
    ),
    Entry("move", "examples", "move", "Move examples to another class"),
    Entry("remove", "examples", "remove", "Remove examples"),
    Entry("set", "settings_and_history", "set_", "Change a setting"),
    Entry(
        "undo",
        "settings_and_history",
        "undo",
        "Take back the newest change; everything is as it was before, bit for bit",
    ),
    Entry("redo", "settings_and_history", "redo", "Take back the newest undo"),
    Entry(
        "return",
        "settings_and_history",
        "return_",
        "Return to a version: all is as it was then, and later changes stay in the history",
    ),
    Entry(
        "review",
        "review",
        "review",
        "Review labelled documents that would get another class now",
    ),
    Entry(
        "forget",
        "review",
        "forget",
        "Forget documents that were labelled: they are erased from the file",
    ),
    Entry(
        "discover",
        "discover",
        "discover",
        "Propose new classes for documents that belong to none",
    ),
    Entry(
        "next",
        "next_to_label",
        "next_",
        "List the documents whose label would help most",
    ),
    Entry(
        "watch",
        "watch",
        "watch_",
        "Show what changed in the stream of documents, class by class, and since when",
    ),
    Entry(
        "conflicts",
        "conflicts",
        "conflicts",
        "List likely label errors: examples that are nearer to another class than to their own",
    ),
    Entry(
        "evaluate",
        "evaluate",
        "evaluate",
        "Measure how well classes are told apart, with intervals",
    ),
    Entry(
        "risk",
        "risk",
        "risk",
        "Show the share of wrong answers, for each share of documents answered",
    ),
    Entry("reencode", "reencode", "reencode", "Move a label space onto another encoder"),
    Entry("check", "file", "check", "Look for damage, and for documents that are stored twice"),
    Entry(
        "backup",
        "file",
        "backup",
        "Back up a label space to a new file, even while it is in use",
    ),
    Entry("restore", "file", "restore", "Put a backup in the place of a label space"),
    Entry(
        "info", "file", "info", "Show what a label space is: encoder, settings, sizes, calibration"
    ),
    Entry(
        "completion",
        "file",
        "completion",
        "Print a script that completes protolabel's commands in bash, zsh or fish",
    ),
    Entry("serve", "serve", "serve", "Serve label spaces over HTTP, and a page to work with them"),
    Entry("key", "serve", "key", "Make and remove keys of a service"),
    Entry(
        "train",
        "train",
        "train",
        "Train an encoder on a labelled past, so that new classes work better",
    ),
    Entry(
        "adapt",
        "adapt",
        "adapt",
        "Adapt the encoder of a label space to its own examples, where that measurably helps",
    ),
)


GROUPS = {  # of ``protolabel --help``; what an office needs first stands first
    "Every day": (
        "init", "import", "label", "correct", "undo", "redo", "stream", "learn", "review",
        "discover", "next",
    ),
    "Classes and their examples": (
        "classes", "show", "describe", "add", "rename", "merge", "split", "nest", "lift", "retire",
        "unretire", "move", "remove", "sharpen",
    ),
    "The label space and its file": (
        "info", "set", "history", "return", "forget", "check", "backup", "restore", "export",
        "completion",
    ),
    "Measuring": ("evaluate", "risk", "watch", "conflicts"),
    "The service": ("serve", "key"),
    "Training": ("train", "adapt", "reencode"),
}  # fmt: skip


class LazyCommands(MutableMapping[str, click.Command]):
    """The commands by name, in the order of the list. Looking one up imports its module."""

    def __init__(self) -> None:
        self._entries = {entry.name: entry for entry in ENTRIES}
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            entry = self._entries[name]
            module = import_module(f"protolabel.cli.{entry.module}")
            self._loaded[name] = getattr(module, entry.attribute)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise TypeError(f"command {name!r} belongs in the list of this file")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"command {name!r} stands in the list of this file")


class Commands(click.Group):
    """A group that lists the commands of :data:`ENTRIES` in their order, and imports none for it.

    Only looking up a command, to run it or to show its own help, imports its module.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(commands=LazyCommands(), **settings)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the list."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the beginning of its help, which ends where a thought does."""
        longest = max(len(entry.name) for entry in ENTRIES)
        room = formatter.width - longest - 6
        sentences = {entry.name: entry.sentence for entry in ENTRIES}
        for title, names in GROUPS.items():
            rows = [(name.ljust(longest), _brief(sentences[name], room)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, then what else click completes here."""
        items = [
            CompletionItem(entry.name, help=entry.short_help)
            for entry in ENTRIES
            if entry.name.startswith(incomplete)
        ]
        return items + click.Command.shell_complete(self, ctx, incomplete)


def _brief(sentence: str, room: int) -> str:
    """Return a sentence, or as many of its parts as there is room for."""
    while len(sentence) > room:
        shorter = re.sub(r"[:;,][^:;,]*$", "", sentence)
        if shorter == sentence:
            break
        sentence = shorter
    return sentence

"""The command line: parses, calls the library, renders. The one place where errors become exit
codes.

The table of exit codes is in ``docs/json.md``.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from protolabel import __version__
from protolabel.cli.commands import Commands
from protolabel.cli.context import PATH, TYPED
from protolabel.cli.encoder_ahead import load_encoder_ahead
from protolabel.cli.option_names import door_message
from protolabel.cli.terminal import (
    OutputClosedError,
    abandon_output,
    about_space,
    complain,
    leave,
    prepare_streams,
    say,
)
from protolabel.errors import ProtolabelError
from protolabel.system.stop_signals import StopRequest, interrupt_at_stop_signals
from protolabel.words.suggestions import close_names, did_you_mean

# What people type for an option of a command, which has no name that is near.
OTHERWISE_NAMED = {"sort": "protolabel label SPACE INBOX --sort-into FOLDER"}
OUTPUT_UNWANTED = 0  # the reader of our output has seen enough, as `| head` has


class CommandLine(Commands):
    """The commands, where a closed pipe ends quietly and advice names the label space."""

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        """Parse the command line; ``--help`` prints here."""
        with _output_may_be_unwanted():
            return super().make_context(*args, **settings)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return a command by its name, and keep the words after it."""
        name, command, words = super().resolve_command(ctx, args)
        ctx.meta[TYPED] = tuple(words)
        return name, command, words

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Advice of an error names the label space of the command line."""
        try:
            with _output_may_be_unwanted(), _damage_may_be_behind(ctx):
                return super().invoke(ctx)
        except ProtolabelError as error:
            path = ctx.meta.get(PATH)
            if path is None:
                raise
            from protolabel.cli.forgotten_space import with_space_looked_for

            error.rewrite_remedies(about_space)
            raise with_space_looked_for(error, path, ctx.invoked_subcommand or "") from error


class OutputUnwantedError(Exception):
    """A pipe that we write to was closed. Click would take an OSError for a failure."""


@contextmanager
def _output_may_be_unwanted() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise OutputUnwantedError from error


@contextmanager
def _damage_may_be_behind(ctx: click.Context) -> Iterator[None]:
    """Raise SpaceDamagedError for an error of Python's, where the label space is damaged."""
    try:
        yield
    except Exception as error:
        path = ctx.meta.get(PATH)
        if isinstance(path, str) and os.path.isfile(path):
            from protolabel.store.damage_behind import damage_behind

            if damage := damage_behind(path, error):
                raise damage from error
        raise


@click.group(
    cls=CommandLine,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="protolabel")
@click.pass_context
def cli(context: click.Context) -> None:
    """Label documents from a handful of examples.

    A label space is one file with your classes, their descriptions and their examples. You can add
    to it at any time. What you add counts at once; the encoder is not retrained.

    \b
      protolabel init mail.space
      protolabel describe mail.space invoice "a bill asking for payment"
      protolabel add mail.space invoice bills/*.txt
      protolabel label mail.space inbox/
    """
    if context.invoked_subcommand is None:
        say(context.get_help())


def main(stop: StopRequest | None = None) -> None:
    """Run the ``protolabel`` command, and end the process; do not begin if a ``stop`` was asked."""
    try:
        interrupt_at_stop_signals()
        prepare_streams()
        if stop is not None and stop.is_made():
            raise KeyboardInterrupt
        load_encoder_ahead(sys.argv[1:])
        code = exit_code_of(sys.argv[1:])
    except KeyboardInterrupt:  # before the command began, or after its end
        code = interrupted()
    leave(code)


def interrupted() -> int:
    """Say that the command was interrupted, and return the exit code that says so."""
    complain("protolabel: interrupted")
    return 130


def exit_code_of(arguments: Sequence[str]) -> int:
    """Run one command, and return its exit code."""
    try:
        code = cli.main(arguments, prog_name="protolabel", standalone_mode=False)
        _flush()
        return code if isinstance(code, int) else 0
    except ProtolabelError as error:
        complain(f"protolabel: {door_message(error)}")
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        return interrupted()
    except (BrokenPipeError, OutputUnwantedError):
        abandon_output()
        return OUTPUT_UNWANTED
    except OutputClosedError:
        complain("protolabel: the standard output is closed, so that the result could not be given")
        return 1
    except OSError as error:
        abandon_output()
        where = f"{error.filename}: " if error.filename else ""
        complain(
            f"protolabel: {where}{error.strerror or error}; expected a file or folder that can be "
            "used so; to fix it: check the path, its permissions and the room on its disk"
        )
        return 1
    except click.ClickException as error:
        complain(_usage(error))
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code


def _usage(error: click.ClickException) -> str:
    """Return what click says of a command line that it does not understand."""
    context = getattr(error, "ctx", None)
    usage = f"{context.get_usage()}\n" if context is not None else ""
    hint = f"; to fix it: {context.command_path} --help lists what it takes" if context else ""
    command = OTHERWISE_NAMED.get(_unknown_command(error))
    hint = f"; to fix it: {command}" if command else hint
    return f"{usage}protolabel: {_problem(error).rstrip('.')}{hint}"


def _unknown_command(error: click.ClickException) -> str:
    """Return the name of a command that there is not; empty for any other error."""
    name = getattr(error, "command_name", None)
    if isinstance(name, str):
        return name
    words = re.fullmatch(r"No such command '(\w+)'\.?.*", error.format_message())
    return words[1] if words else ""


def _problem(error: click.ClickException) -> str:
    """Return click's message; of the names that it guesses, only those that are near."""
    name = getattr(error, "command_name", None) or getattr(error, "option_name", None)
    if not isinstance(name, str) or not hasattr(error, "possibilities"):
        return error.format_message()
    guesses = {guess.lstrip("-"): guess for guess in error.possibilities or ()}
    near = [guesses[guess] for guess in close_names(name.lstrip("-"), guesses)]
    return f"{error.message} {did_you_mean(near)}".rstrip()


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()

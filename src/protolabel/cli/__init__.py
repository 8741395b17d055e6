"""The command line: parses, calls the library, renders. The one place where errors become exit
codes.

Exit codes: 0 done; 1 failure; 2 the request or a document cannot be used; 3 a class, example or
version is not what the request takes it for; 4 the encoder; 5 the file; 6 an optional
package is not installed; 130 interrupted.
"""

from __future__ import annotations

import os
import sys

import click

from protolabel import __version__
from protolabel.cli.change import CHANGING
from protolabel.cli.evaluate import EVALUATING
from protolabel.cli.file import KEEPING
from protolabel.cli.look import LOOKING
from protolabel.cli.reencode import reencode
from protolabel.cli.train import adapt, train
from protolabel.errors import ProtolabelError


class Commands(click.Group):
    """Lists the commands in the order in which a label space meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they were added."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="protolabel")
def cli() -> None:
    """Label documents from a handful of examples.

    A label space is one file that holds the classes you know, what describes them and their
    examples. It grows while it is in use; nothing is retrained.

    \b
      protolabel init mail.space
      protolabel describe mail.space invoice "a bill asking for payment"
      protolabel add mail.space invoice bills/*.txt
      protolabel label mail.space inbox/
    """


_SPACES = (*KEEPING[:1], *CHANGING, *LOOKING, *EVALUATING, reencode, *KEEPING[1:])
for _command in (*_SPACES, train, adapt):
    cli.add_command(_command)


def main() -> None:
    """Entry point of the ``protolabel`` command."""
    try:
        cli.main(prog_name="protolabel", standalone_mode=False)
    except ProtolabelError as error:
        _fail(str(error), error.exit_code)
    except click.exceptions.Abort:
        _fail("interrupted", 130)
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(
            f"{where}{error.strerror or error}; expected a file or folder that can be used so; to "
            "fix it: check the path, its permissions and the room on its disk",
            1,
        )
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)


def _fail(message: str, code: int) -> None:
    click.echo(f"protolabel: {message}", err=True)
    sys.exit(code)

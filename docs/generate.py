"""Writes the generated references: docs/cli.md from the commands' own help.

``python -m docs.generate`` writes, ``--check`` fails where a file is not what would be written.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from protolabel.cli import cli

FOLDER = Path(__file__).parent


def cli_reference() -> str:
    """Every command with its help, in the order of ``protolabel --help``."""
    lines = [
        "# Command line",
        "",
        "Generated from the commands' own help by `make docs`; do not edit.",
        "",
        "Results go to stdout, progress and notes to stderr. `--json` writes one object a line,",
        "as [json.md](json.md) documents. Exit codes: 0 done; 1 failure; 2 the request or a",
        "document cannot be used; 3 a class, example or version is not what the request takes it",
        "for; 4 the encoder; 5 the file; 130 interrupted.",
    ]
    top = click.Context(cli, info_name="protolabel", terminal_width=96, max_content_width=96)
    lines += _block("protolabel", cli.get_help(top))
    for name in cli.list_commands(top):
        command = cli.commands[name]
        context = click.Context(command, info_name=name, parent=top, terminal_width=96)
        lines += _block(f"protolabel {name}", command.get_help(context))
    return "\n".join(lines) + "\n"


def _block(title: str, text: str) -> list[str]:
    body = [line.rstrip() for line in text.splitlines()]
    return ["", f"## {title}", "", "```text", *body, "```"]


def main(check: bool) -> int:
    """Write or check; returns the exit code."""
    stale = 0
    for name, text in {"cli.md": cli_reference()}.items():
        path = FOLDER / name
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            sys.stderr.write(f"{path} is stale: run `make docs`\n")
            stale = 1
        elif not check:
            path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))

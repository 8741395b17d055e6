"""Commands about the file as a whole: init, check, backup, info, completion."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class

from protolabel.cli.common import SPACE, as_json, line, opened
from protolabel.encoders import load_encoder
from protolabel.errors import SpaceDamagedError
from protolabel.label_space.label_space import DEFAULT_ENCODER, LabelSpace
from protolabel.store.check import check as check_store
from protolabel.store.sqlite import SqliteStore


@click.command()
@SPACE
@click.option(
    "--encoder",
    default=DEFAULT_ENCODER,
    show_default=True,
    help="Name or folder of an encoder of texts or images; hashing needs no download.",
)
@click.option(
    "--metric", type=click.Choice(["cosine", "euclidean"]), default="cosine", show_default=True
)
@click.option(
    "--names-are-codes",
    is_flag=True,
    help="Class names mean nothing: do not describe a class by its name.",
)
@as_json
def init(space: str, encoder: str, metric: str, names_are_codes: bool, json_: bool) -> None:
    """Make a label space: one file, bound to its encoder."""
    if os.path.isdir(encoder):
        encoder = os.path.abspath(encoder)
    loaded = load_encoder(encoder)
    with LabelSpace.create(
        space,
        encoder=loaded,
        encoder_name=encoder,
        metric="euclidean" if metric == "euclidean" else "cosine",
        names_mean=not names_are_codes,
        background=False,
    ) as made:
        record = {"space": space, "encoder_fingerprint": made.fingerprint, "version": made.version}
    if json_:
        line(record)
    else:
        click.echo(f"made {space}, bound to encoder {record['encoder_fingerprint']}")


@click.command()
@SPACE
@click.option("--repair", is_flag=True, help="Rebuild what is derived from the rows.")
@as_json
def check(space: str, repair: bool, json_: bool) -> None:
    """Look for damage; repair what can be derived again.

    Exits with 5 if anything remains wrong.
    """
    store = SqliteStore.open(space)
    try:
        findings = check_store(store, repair=repair)
    finally:
        store.close()
    for finding in findings:
        if json_:
            line({"what": finding.what, "derived": finding.derived, "repaired": finding.repaired})
        else:
            done = "repaired: " if finding.repaired else ""
            click.echo(f"{done}{finding.what}")
    wrong = [f for f in findings if not f.repaired]
    if wrong:
        derived = all(f.derived for f in wrong)
        raise SpaceDamagedError(
            f"{len(wrong)} thing{'s' * (len(wrong) > 1)} wrong with {space}",
            expected="none",
            remedy=f"protolabel check {space} --repair" if derived else "restore a backup",
        )
    if not json_ and not findings:
        click.echo(f"{space} is sound")


@click.command()
@SPACE
@click.argument("to", type=click.Path())
@as_json
def backup(space: str, to: str, json_: bool) -> None:
    """Copy a label space while it is in use."""
    with opened(space) as known:
        known.backup(to)
        version = known.version
    if json_:
        line({"space": space, "backup": to, "version": version})
    else:
        click.echo(f"version {version} of {space} copied to {to}")


@click.command()
@SPACE
@as_json
def info(space: str, json_: bool) -> None:
    """Show what a label space is: encoder, settings, sizes, calibration."""
    with opened(space) as known:
        record = known.info()
    if json_:
        line(record)
        return
    for key, value in record.items():
        click.echo(f"{key.replace('_', ' '):22} {value}")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes protolabel's commands.

    \b
    bash: eval "$(protolabel completion bash)"
    """
    from protolabel.cli import cli

    made = get_completion_class(shell)
    if made is not None:
        click.echo(made(cli, {}, "protolabel", "_PROTOLABEL_COMPLETE").source())


KEEPING: tuple[click.Command, ...] = (init, check, backup, info, completion)

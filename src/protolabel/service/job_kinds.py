"""What each kind of job does to a label space: one change at most, with the job's name as key."""

from __future__ import annotations

from collections.abc import Mapping

from protolabel.arithmetic.passages import Pooling
from protolabel.connectors.annotations import annotations_of, tool_of
from protolabel.connectors.record_labels import RecordReading
from protolabel.encoders import AnyEncoder, load_encoder, load_recorded
from protolabel.errors import InputError
from protolabel.label_space.changes import Add, ChangeRequest
from protolabel.label_space.changes.usable_examples import without_needless_negatives
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.listed_names import is_class_of
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.terms import KEY, MarkedVersion, RequestKey
from protolabel.open_world.discovery import discover
from protolabel.progress import Progress, stepped
from protolabel.readers.options import ReadOptions
from protolabel.readers.rows import Origin
from protolabel.readers.sent_files import examples_of
from protolabel.service.advice import over_http
from protolabel.service.bodies import DecisionsBody, SeenBody
from protolabel.service.job_runner import JobResult, Work
from protolabel.service.limits import Bounds
from protolabel.service.seen_decisions import decided_by, decided_on, held_to
from protolabel.service.uploads import Upload
from protolabel.types import Change, Example
from protolabel.words.quantity import quantity

# Of a discovery.
COUNTS = ("documents", "copies", "noise", "refused", "left_out", "enough", "like_refused")


def change_work(
    request: ChangeRequest,
    only_at: MarkedVersion | None,
    as_seen: Mapping[str, SeenBody],
    who: str | None,
) -> Work:
    """Return the work that makes a change; ``as_seen``: what its sender saw decided."""

    def work(space: LabelSpace, key: RequestKey, progress: Progress) -> JobResult:
        held_key = held_to(space, as_seen, decided_by(request), key) or key
        change = space.commit(request, only_at=only_at, key=held_key, who=who, progress=progress)
        return _of_change(change, key)

    return work


def decide_work(body: DecisionsBody, who: str | None) -> Work:
    """Return the work that says which classes remembered documents have, as one change."""

    def work(space: LabelSpace, key: RequestKey, progress: Progress) -> JobResult:
        held_key = held_to(space, body.as_seen, decided_on(space, body.labels), key) or key
        change = space.inbox.decide(body.labels, who=who, key=held_key, progress=progress)
        return _of_change(change, key)

    return work


def import_work(upload: Upload, bounds: Bounds, skip_known: bool, who: str | None) -> Work:
    """Return the work that adds the labelled examples of a file: all of them, or none."""

    def work(space: LabelSpace, key: RequestKey, progress: Progress) -> JobResult:
        with upload.as_file() as file:
            examples = _examples(space, file, upload.options, progress)
        bounds.check_texts(one.text or "" for one in examples)
        if not examples:
            raise InputError("a file without examples", expected="at least one")
        request = Add(examples, skip_known)
        change = space.commit(request, key=key, who=who, progress=progress)
        return _of_change(change, key)

    return work


def discover_work(least: int) -> Work:
    """Return the work that groups declined documents and proposes classes."""

    def work(space: LabelSpace, key: RequestKey, progress: Progress) -> JobResult:
        discovery = discover(space, least=least, progress=progress)
        words = f"proposed {quantity(len(discovery.proposals), 'class')}"
        counts = {name: n for name in COUNTS if (n := getattr(discovery, name)) is not None}
        counts["least"] = least
        words += f" for {quantity(discovery.documents, 'document')}"
        if discovery.undeclined:
            words += f"; {over_http(discovery.undeclined)}"
        return JobResult(None, words, counts)

    return work


def settle_work(refined: bool) -> Work:
    """Return the work that makes the fits which answers wait for."""

    def work(space: LabelSpace, key: RequestKey, progress: Progress) -> JobResult:
        space.settle(refined=refined, progress=progress)
        return JobResult(None, "")

    return work


def reencode_work(
    encoder: str | None, pooling: Pooling | None, only_if_better: bool, who: str | None
) -> Work:
    """Return the work that moves a label space onto another encoder, or another pooling of it."""

    def work(space: LabelSpace, key: RequestKey, progress: Progress) -> JobResult:
        name = encoder or space.info().encoder
        loaded: AnyEncoder = (
            load_recorded(name, str(space.path), pooling=pooling)
            if encoder is None
            else load_encoder(encoder, pooling=pooling)
        )
        reencoding = space.reencode(
            loaded,
            encoder_name=name,
            only_if_better=only_if_better,
            key=key,
            who=who,
            progress=progress,
        )
        if reencoding.change is None:
            return JobResult(None, reencoding.reason)
        return _of_change(reencoding.change, key)

    return work


def _examples(
    space: LabelSpace, file: Origin, options: ReadOptions, progress: Progress
) -> list[Example]:
    """Return the examples of a file: a table, a folder in an archive, or an annotation tool's."""
    view = space.view()
    several = view.settings.several
    if tool_of(file.path, several_labels=several) is not None:
        reading = RecordReading(options.get("text_field"), options.get("label_field"), several)
        annotations = annotations_of(file, reading)
        return without_needless_negatives(view, annotations.examples)
    space_options: ReadOptions = {
        "ocr": pictures_are_text(view),
        "several_labels": several,
        "is_class": is_class_of(view),
    }
    read = examples_of(file, **(options | space_options))
    return list(stepped(read, "examples read", None, progress))


def _of_change(change: Change, key: RequestKey) -> JobResult:
    """Return what a change did; where nothing was to be changed, it has no version."""
    is_in_history = change.detail.get(KEY) == key.name
    return JobResult(change.version if is_in_history else None, change.summary)

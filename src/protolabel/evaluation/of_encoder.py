"""Evaluation of any encoder on labelled examples: checks, encodes, and asks ``evaluation/``.

Label spaces are evaluated by ``evaluating_spaces``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from protolabel.arrays import Floats
from protolabel.encoders import AnyEncoder, load_encoder, reads
from protolabel.encoders.embedder import Embedder
from protolabel.errors import InputError
from protolabel.evaluation.plan import Plan, Progress, evaluate_arrays
from protolabel.evaluation.results import Evaluation, excerpt
from protolabel.label_space.encoder_binding import with_cache
from protolabel.label_space.label_space import DEFAULT_ENCODER
from protolabel.names import clean_name, words_of
from protolabel.types import Example, VectorSpace

CHUNK = 256  # documents encoded between two signs of progress


def silent(what: str, done: int, total: int) -> None:
    """Progress that nobody follows."""


def evaluate(
    examples: Iterable[Example],
    *,
    encoder: str | AnyEncoder = DEFAULT_ENCODER,
    descriptions: Mapping[str, str] | None = None,
    with_names: bool = False,
    plan: Plan | None = None,
    subject: str = "examples",
    cache: bool = False,
    progress: Progress = silent,
) -> Evaluation:
    """How well an encoder does on labelled examples: episodes, all classes at once, confusion.

    ``descriptions`` of classes; one that has none there is described by its name, as all are with
    ``with_names``. ``cache`` keeps embeddings between processes. Raises InputError, before the
    encoder is loaded, where the examples do not give what the plan asks for.
    """
    plan = plan or Plan()
    given = list(examples)
    told = with_names or descriptions is not None
    names, small = plan.usable([e.label for e in given], described=told)
    notes = []
    if small:
        notes.append(f"left out, too few documents: {', '.join(small)}")
    kept = [e for e in given if e.label in set(names)]
    loaded = load_encoder(encoder) if isinstance(encoder, str) else encoder
    loaded = with_cache(loaded) if cache else loaded
    encoding = VectorSpace(1, loaded.fingerprint, "", loaded.dim, reads(loaded))
    embedder = Embedder(lambda: loaded, encoding, metric=plan.metric, where=subject)
    _check_brought(kept, loaded)
    words = None
    if told:
        if not embedder.reads_text:
            raise InputError(
                f"descriptions for {loaded.fingerprint}, which reads no words",
                expected="an encoder of texts",
                remedy="leave --with-names and --descriptions out",
            )
        texts, more = _texts(names, descriptions or {})
        notes += more if descriptions is not None else []
        words = embedder.texts(texts)
    labels = np.searchsorted(names, [e.label for e in kept])
    return evaluate_arrays(
        _embedded(kept, embedder, progress),
        labels,
        names,
        words,
        plan,
        subject=subject,
        encoder=loaded.fingerprint,
        named=lambda i: (kept[i].id or kept[i].source, excerpt(kept[i].text, kept[i].source)),
        notes=notes,
        progress=progress,
    )


def _texts(names: Sequence[str], descriptions: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What describes each class, and notes on what did not match."""
    cleaned = {clean_name(label): text for label, text in descriptions.items()}
    lacking = [n for n in names if n not in cleaned]
    unused = sorted(set(cleaned) - set(names))
    notes = []
    if lacking:
        notes.append(f"no description, so its name serves: {', '.join(lacking)}")
    if unused:
        notes.append(f"descriptions of classes that take no part: {', '.join(unused)}")
    return [cleaned.get(n) or words_of(n) for n in names], notes


def _check_brought(examples: Sequence[Example], encoder: AnyEncoder) -> None:
    for e in examples:
        size = None if e.embedding is None else np.shape(e.embedding)
        if size is not None and size != (encoder.dim,):
            raise InputError(
                f"{e.source or e.id or e.label}: an embedding of shape {size}",
                expected=f"({encoder.dim},), as {encoder.fingerprint} has",
                remedy=f"--encoder precomputed:{size[0]}, if all documents bring one",
            )


def _embedded(examples: Sequence[Example], embedder: Embedder, progress: Progress) -> Floats:
    """Embeddings ``(n, d)``, a chunk at a time."""
    out = np.empty((len(examples), embedder.dim), np.float32)
    for at in range(0, len(examples), CHUNK):
        progress("documents encoded", at, len(examples))
        out[at : at + CHUNK] = embedder.documents(examples[at : at + CHUNK]).embeddings
    progress("documents encoded", len(examples), len(examples))
    return out

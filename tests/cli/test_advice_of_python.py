"""The advice of errors at the Python door works when done to the letter."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pandas as pd
import pytest
from advice import Cases, Desk, documents, examples
from fakes import PictureEncoder, WordEncoder
from pictures import drawn

from protolabel import (
    Document,
    Example,
    LabelSpace,
    PrototypicalClassifier,
    evaluate,
    read_dataset,
    read_documents,
    read_examples,
)
from protolabel.encoders.hashing import HashingEncoder
from protolabel.encoders.wrappers import CallableEncoder
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.plan import Plan

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def pictures() -> object:
    """An encoder that reads images alone."""
    both = PictureEncoder("pictures")

    class Encoder:
        dim, fingerprint, encode_images = (
            both.dim,
            both.fingerprint,
            staticmethod(both.encode_images),
        )

    return Encoder()


def words(**options: object) -> LabelSpace:
    return LabelSpace.create(encoder=WordEncoder(), background=False, **options)


TABLE = pd.DataFrame({"text": ["pay", "cv"], "label": ["bill", "cv"]})


# -- documents and examples -----------------------------------------------------------------------


@CASES.of(
    "for many: label_many(documents{})", "for one: {}",
    "to add it to its class: LabelSpace.add(example)",
    "give its .values(), or Document(id=key, text=value) of each",
    "for embeddings: Document(id, embedding=row) of each row",
)  # fmt: skip
def documents_of_the_wrong_kind(d: Desk) -> None:
    with words() as space:
        space.add(["pay", "cv"], ["bill", "cv"])
        d.raised(lambda: space.label(["pay", "cv"]))
        assert len(list(space.label_many(["pay", "cv"]))) == 2
        d.raised(lambda: space.label_many("pay"))
        space.label("pay")
        assert len(list(space.label_many(TABLE))) == 2
        example = Example("bill", "pay")
        d.raised(lambda: space.label(example))
        space.add(example)
        mapping = {"a": "pay", "b": "cv"}
        d.raised(lambda: space.label_many(mapping))
        assert len(list(space.label_many(mapping.values()))) == 2
        named = [Document(id=key, text=value) for key, value in mapping.items()]
        assert [a.id for a in space.label_many(named)] == ["a", "b"]
        array = np.eye(8, dtype=np.float32)
        d.raised(lambda: space.label_many(array))
        vectors = [Document(str(n), embedding=row) for n, row in enumerate(array)]
        assert len(list(space.label_many(vectors))) == 8


@CASES.of(
    "give each name by itself: {}(*names)",
    "call the method of the change, such as rename(old, new)",
)  # fmt: skip
def changes_of_the_wrong_kind(d: Desk) -> None:
    with words() as space:
        space.add("pay", "bill")
        names = ["bill"]
        for method in ("retire", "unretire"):
            remedy = d.raised(lambda method=method: getattr(space, method)(names))
            call = remedy.removeprefix("give each name by itself: ")
            eval(f"space.{call}", {"space": space, "names": names})
        d.raised(lambda: space.preview("rename"))
        space.preview.rename("bill", "another")


@CASES.of(
    'drop empty rows first, as table.dropna(subset=["text"]) does', "give it as a text: str(value)",
    'give each a label, or drop rows without: table.dropna(subset=["label"])', "quote it: {}",
    "give the label as a string", "decode it: .decode('utf-8')",
    "name the columns: add(table, {})", "give read_dataset(table, {})",
    "give one column: table[{}]",
    "Example(label, text), or add(texts, labels)",
    "leave the label out, or make the Examples with that label",
    "read it again as UTF-8, or replace it: text.encode('utf-8', 'replace').decode('utf-8')",
)  # fmt: skip
def examples_of_the_wrong_kind(d: Desk) -> None:
    with words() as space:
        table = pd.DataFrame({"text": ["pay", None], "label": ["bill", "cv"]})
        d.raised(lambda: space.add(table["text"], table["label"]))
        table = table.dropna(subset=["text"])
        space.add(table["text"], table["label"])
        table = pd.DataFrame({"text": ["pay", "x"], "label": ["bill", float("nan")]})
        d.raised(lambda: space.add(table["text"], table["label"]))
        table = table.dropna(subset=["label"])
        space.add(table["text"], table["label"])
        d.raised(lambda: space.add([3], ["cv"]))
        space.add([str(3)], ["cv"])
        d.raised(lambda: space.add(["pay"], [7]))
        space.add(["pay"], ["7"])
        d.raised(lambda: space.describe({("a",): "words"}))
        space.describe({"a": "words"})
        d.raised(lambda: space.add(b"pay", "bill"))
        space.add(b"pay".decode("utf-8"), "bill")
        table = pd.DataFrame(
            {"text": ["pay", "cv", "my cv", "pay up"], "Art": ["bill", "cv", "cv", "bill"]}
        )
        for label in (None, ["bill", "cv"]):
            remedy = d.raised(lambda label=label: space.add(table, label))
        eval(
            remedy.removeprefix("name the columns: ").replace("COLUMN", "'Art'"),
            {"add": space.add, "table": table},
        )
        remedy = d.raised(lambda: evaluate(TABLE, encoder=WordEncoder()))
        space.add(
            eval(remedy.removeprefix("give "), {"read_dataset": read_dataset, "table": TABLE})
        )
        remedy = d.raised(lambda: space.add(table["text"], table))
        space.add(table["text"], eval(remedy.removeprefix("give one column: "), {"table": table}))
        d.raised(lambda: space.add(["pay"]))
        space.add([Example("bill", "pay")])
        space.add(["pay"], ["bill"])
        d.raised(lambda: space.add([Example("bill", "pay")], "cv"))
        space.add([Example("cv", "pay")])
        text = "pay \ud800"
        d.raised(lambda: space.add(text, "bill"))
        space.add(text.encode("utf-8", "replace").decode("utf-8"), "bill")


@CASES.of(
    "Path(file).read_bytes()", "read the file: Path(...).read_bytes()",
    "save it smaller: encoders look at far fewer pixels", "save or copy the image again",
)  # fmt: skip
def images_of_the_wrong_kind(d: Desk) -> None:
    file = d.file("p.png", drawn("png", 1))
    with LabelSpace.create(encoder=PictureEncoder(), background=False) as space:
        d.raised(lambda: space.add(Example("bill", image=str(file))))
        space.add(Example("bill", image=file.read_bytes()))
        cut, vector = file.read_bytes()[:60], [1.0] * 8
        d.raised(lambda: space.add(Example("bill", image=cut, embedding=vector)))
        space.add(Example("bill", image=file.read_bytes(), embedding=vector))
        large = d.file("large.png", drawn("png", 1) + b"0" * 3000)
        d.raised(lambda: documents(large, max_bytes=2000))
        assert documents(file, max_bytes=2000)
    from protolabel.images import decoded

    d.raised(lambda: decoded(str(file)))
    assert decoded(file.read_bytes())


@CASES.of(
    "show the class by its images: protolabel add SPACE CLASS FILE...",
    "give .png or .jpg files; for texts make a label space with a text encoder",
    "choose one, or stay with the present encoder",
)  # fmt: skip
def words_for_images(d: Desk) -> None:
    with LabelSpace.create(encoder=pictures(), background=False) as space:
        d.raised(lambda: space.describe("bill", "a demand"))
        d.raised(lambda: space.add("pay", "bill"))
        picture = d.file("p.png", drawn("png", 1))
        space.add(next(iter(read_examples(picture, label="bill"))))
    with words() as space:
        space.add("pay", "bill")
        d.raised(lambda: space.reencode(pictures()))
        space.reencode("hashing")


@CASES.of("give it an embedding too, or make a label space with an image encoder")
def images_for_vectors(d: Desk) -> None:
    picture = drawn("png", 1)
    with LabelSpace.create(encoder="precomputed:3", background=False) as space:
        d.raised(lambda: space.add(Example("a", image=picture)))
        space.add(Example("a", image=picture, embedding=[1.0, 0.0, 0.0]))
    with LabelSpace.create(encoder=PictureEncoder(), background=False) as space:
        space.add(Example("a", image=picture))


@CASES.of("give [{}]")
def one_string_for_many(d: Desk) -> None:
    with words() as space:
        space.add(["pay", "cv"], ["bill", "cv"])
        d.raised(lambda: space.merge("bill", "cv"))
        space.merge(["bill"], "cv")


@CASES.of(
    "label texts that are in memory with LabelSpace.label_many",
    'label its texts: LabelSpace.label_many(table["text"]); or add them with their labels: '
    'LabelSpace.add(table["text"], table["label"])',
)
def sources_in_memory(d: Desk) -> None:
    with words() as space:
        d.raised(lambda: read_documents([3]))
        d.raised(lambda: read_examples(TABLE))
        space.add(TABLE["text"], TABLE["label"])
        assert len(list(space.label_many(TABLE["text"]))) == 2


# -- encoders -------------------------------------------------------------------------------------


@CASES.of(
    "return np.asarray(vectors, dtype=np.float32)", "look at that {}, and at the encoder",
    "let it take a list and return one row for each of its members",
    "look at what the function returns; if it reads another language, give an object with "
    "`encode`, `dim` and `fingerprint`, which is your name for its vectors",
    "give one of these as `encoder`", "use [text]",
)  # fmt: skip
def encoders_of_users(d: Desk) -> None:
    good = WordEncoder().encode

    def bad(output: object) -> CallableEncoder:
        return CallableEncoder(lambda texts: output, dim=8, fingerprint="bad")

    d.raised(lambda: bad([["x"] * 8]).encode(["a"]))
    d.raised(lambda: bad(np.zeros((1, 8), dtype="U1")).encode(["a"]))
    d.raised(lambda: bad(np.zeros((3, 8))).encode(["a"]))
    d.raised(lambda: bad(np.full((1, 8), np.nan)).encode(["a"]))
    vectors = good(["a"]).tolist()
    bad(np.asarray(vectors, dtype=np.float32)).encode(["a"])
    d.raised(lambda: LabelSpace.create(encoder=lambda texts: np.zeros((len(texts), 8))))
    d.raised(lambda: LabelSpace.create(encoder=3))
    for encoder in ("hashing", WordEncoder(), good):
        LabelSpace.create(encoder=encoder, background=False).close()
    d.raised(lambda: HashingEncoder().encode("pay"))
    HashingEncoder().encode(["pay"])


@CASES.of(
    "open it with that encoder, or open it without one and move it: LabelSpace.reencode(encoder), "
    "with a fingerprint of its own"
)
def function_that_changed(d: Desk) -> None:
    path, good = d.folder / "f.space", WordEncoder().encode
    with LabelSpace.create(path, encoder=CallableEncoder(good, fingerprint="f")) as space:
        space.add(["pay", "cv"], ["bill", "cv"])
    changed = CallableEncoder(lambda texts: good(texts)[:, ::-1], fingerprint="f")
    d.raised(lambda: LabelSpace(path, encoder=changed, background=False))
    LabelSpace(path, encoder=CallableEncoder(good, fingerprint="f"), background=False).close()
    with LabelSpace(path, background=False) as space:
        other = CallableEncoder(lambda texts: good(texts)[:, ::-1], fingerprint="g")
        assert space.reencode(other).change


# -- the estimator --------------------------------------------------------------------------------

X = ["pay", "pay bill", "cv", "cv work"]
Y = ["bill", "bill", "cv", "cv"]


def classifier(**parameters: object) -> PrototypicalClassifier:
    return PrototypicalClassifier(WordEncoder(), **parameters)


@CASES.of(
    "give [text]", "give the column, such as X[{}]", "set another unknown_label",
    "call fit with all examples", "convert them, such as y.astype(str)", "fit with such labels",
    "rename it in y and fit again", "look at the vectors, or use metric='euclidean'",
    "give encoder= the encoder that made X, or give descriptions as vectors",
)  # fmt: skip
def estimators(d: Desk) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of too few examples to calibrate
        _estimators(d)


def _estimators(d: Desk) -> None:
    fitted = classifier().fit(X, Y)
    d.raised(lambda: fitted.predict("pay"))
    fitted.predict(["pay"])
    table = pd.DataFrame({"text": X, "other": Y})
    d.raised(lambda: fitted.predict(table))
    fitted.predict(table["text"])
    d.raised(lambda: classifier(unknown_label="cv", abstain="auto").fit(X, Y).predict(X))
    classifier(unknown_label="none", abstain="auto").fit(X, Y).predict(X)
    changed = classifier().fit(X, Y).set_params(metric="euclidean")
    d.raised(lambda: changed.partial_fit(X, Y))
    changed.fit(X + X, Y + Y)
    d.raised(lambda: classifier(descriptions={3: "pay"}).fit(X, Y))
    y = np.array([1, 1, 2, 2]).astype(str)
    classifier(descriptions={"3": "pay"}).fit(X, y)
    for wrong in ("a\nb", "a  b"):
        fitted = classifier().fit(X, [wrong, wrong, "c", "c"])
        d.raised(lambda fitted=fitted: fitted.save(d.folder / "a.space"))
    classifier().fit(X, ["a b", "a b", "c", "c"]).save(d.folder / "a.space")
    days = np.array(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-02"], dtype="datetime64[D]")
    d.raised(lambda: classifier().fit(X, days).save(d.folder / "b.space"))
    classifier().fit(X, days.astype(str)).save(d.folder / "b.space")
    zeros = np.zeros((4, 2))
    d.raised(lambda: PrototypicalClassifier().fit(zeros, Y))
    PrototypicalClassifier(metric="euclidean").fit(zeros + np.arange(4)[:, None], Y)
    d.raised(
        lambda: PrototypicalClassifier("hashing", descriptions={"cv": "work"}).fit(np.eye(4), Y)
    )
    described = WordEncoder().encode(X)
    classifier(descriptions={"cv": "work"}).fit(described, Y)


# -- episodes -------------------------------------------------------------------------------------


@CASES.of(
    "lower n_way, or give data of more classes",
    "lower n_shot or n_query, give more, or leave such classes out",
)  # fmt: skip
def episodes(d: Desk) -> None:
    labels = np.repeat(np.arange(3), 4)
    d.raised(lambda: Sampler(labels, Scenario(n_way=5, n_shot=1, n_query=1)))
    Sampler(labels, Scenario(n_way=3, n_shot=1, n_query=1))
    d.raised(lambda: Sampler(labels, Scenario(n_way=2, n_shot=4, n_query=1)))
    Sampler(labels, Scenario(n_way=2, n_shot=2, n_query=1))


@CASES.of(
    "Example(label, text), or add(texts, labels)", "give it another id, or none",
)  # fmt: skip
def ids_of_one_reading(d: Desk) -> None:
    with words() as space:
        d.raised(lambda: space.add([("bill", "pay")]))
        space.add([Example("bill", "pay")])
    table = d.file("t.csv", "id,text,label\n1,a,x\n1,b,x\n")
    d.raised(lambda: examples(table))
    table.write_text("id,text,label\n1,a,x\n,b,x\n")
    assert len(examples(table)) == 2


@CASES.of(
    "encoder= precomputed:{}, if all documents bring one",
    "leave with_names=True and descriptions= out",
)  # fmt: skip
def evaluations(d: Desk) -> None:
    rng = np.random.default_rng(0)
    plan = Plan(ways=(2,), shots=(1,), query=2, episodes=3, draws=2)
    rows = [
        Example("ab"[n % 2], embedding=rng.normal(size=3).astype(np.float32)) for n in range(12)
    ]
    remedy = d.raised(lambda: evaluate(rows, encoder="hashing", plan=plan))
    name = remedy.partition("encoder= ")[2].partition(",")[0]
    assert evaluate(rows, encoder=name, plan=plan).classes == 2
    d.raised(lambda: evaluate(rows, encoder=name, plan=plan, with_names=True))


@CASES.of("give X as vectors, or another encoder", "fit again with the encoder that is there now")
def encoders_of_estimators(d: Desk) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of too few examples to calibrate
        d.raised(lambda: PrototypicalClassifier("precomputed:8").fit(X, Y))
        PrototypicalClassifier("precomputed:8").fit(WordEncoder().encode(X), Y)
        encoder = WordEncoder()
        fitted = PrototypicalClassifier(encoder).fit(X, Y)
        encoder.fingerprint = "another"
        again = copy.deepcopy(fitted)  # which has yet to load its encoder
        d.raised(lambda: again.predict(X))
        again.fit(X, Y).predict(X)


@CASES.of("scale the vectors down (unit length is usual)")
def sums_that_overflow(d: Desk) -> None:
    large = np.array([[9e8, 1.0], [9e8, 2.0]], dtype=np.float32)

    def added(vectors: np.ndarray) -> None:
        space = LabelSpace.create(encoder="precomputed:2", metric="euclidean", background=False)
        with space:
            space.add([Example("a", embedding=vector) for vector in vectors])

    d.raised(lambda: added(large))
    added(large / 1e9)

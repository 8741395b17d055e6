"""Answers against the paper's formulas in plain loops: scores, ranks, probabilities, evidence."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import asdict

import numpy as np
import pytest
from fakes import WORDS, WordEncoder, plain_prototype
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.top import top
from protolabel.encoders.wrappers import PrecomputedEncoder
from protolabel.label_space.answer_path.evidence import Queries, gather, nearest
from protolabel.label_space.answer_path.evidence_source import VectorBlock
from protolabel.types import Encoded

TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


def unit(text: str) -> list[float]:
    vector = [float(x) for x in WordEncoder().encode([text])[0]]
    length = math.sqrt(sum(x * x for x in vector))
    return [float(np.float32(x / length)) for x in vector]


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    classes=st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=5),
    queries=st.lists(TEXT, min_size=1, max_size=6),
    kappa=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
)
def test_scores_and_ranks_are_equation_3_by_loops(classes, queries, kappa):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.configure(kappa=kappa)
        space.describe({f"c{k}": texts[0] for k, texts in enumerate(classes)})
        space.add([Example(f"c{k}", t) for k, texts in enumerate(classes) for t in texts])
        prototypes = {
            f"c{k}": plain_prototype([unit(t) for t in texts], unit(texts[0]), kappa)
            for k, texts in enumerate(classes)
        }
        for answer, query in zip(space.label_many(queries, alternatives=9), queries, strict=True):
            expected = {name: dot(c, unit(query)) for name, c in prototypes.items()}
            for alternative in answer.alternatives:
                assert alternative.score == pytest.approx(expected[alternative.label], abs=2e-6)
            scores = [a.score for a in answer.alternatives]
            assert scores == sorted(scores, reverse=True)
            assert len(scores) == len(classes)
            assert answer.label == answer.alternatives[0].label
            if len(scores) > 1:
                assert answer.margin == pytest.approx(scores[0] - scores[1])


def test_euclidean_is_the_papers_squared_distance():
    with LabelSpace.create(
        encoder=WordEncoder(), metric="euclidean", names_mean=False, background=False
    ) as space:
        space.add([Example("a", "pay pay"), Example("a", "pay bill"), Example("b", "cv")])
        answer = space.label("pay cv", alternatives=2)
    x, prototypes = [1, 0, 1], {"a": [1.5, 0.5, 0.0], "b": [0.0, 0.0, 1.0]}
    for alternative in answer.alternatives:
        distance = sum((q - c) ** 2 for q, c in zip(x, prototypes[alternative.label], strict=True))
        assert alternative.score == pytest.approx(-distance)
    assert answer.label == "b"


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=12), st.integers(1, 7))
def test_one_is_many_at_any_batch_size(queries, size):
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.describe({"money": "pay bill", "job": "cv work", "post": "ship box"})
        many = list(space.label_many(queries))
        for at in range(0, len(queries), size):
            for i, answer in enumerate(space.label_many(queries[at : at + size]), start=at):
                assert answer.label == many[i].label
                assert answer.score == pytest.approx(many[i].score, abs=1e-6)
        for one, query in zip(many, queries, strict=True):
            assert space.label(query).label == one.label


def test_label_many_is_lazy_and_keeps_the_order(space):
    def stream():
        for n in range(5000):
            taken.append(n)
            yield Document(str(n), WORDS[n % 4])

    taken: list[int] = []
    answers = space.label_many(stream())
    assert next(answers).id == "0"
    assert len(taken) < 5000
    assert [a.id for a in answers] == [str(n) for n in range(1, 5000)]


def test_a_stream_keeps_its_version_while_others_write(space):
    documents = (Document(str(n), "pay") for n in range(5000))
    answers = space.label_many(documents)
    first = next(answers)
    space.rename("bill", "invoice")
    assert {a.space_version for a in answers} == {first.space_version}
    assert space.label("pay").label == "invoice"
    assert space.at(first.space_version).label("pay").label == "bill"


@settings(max_examples=80)
@given(st.data())
def test_top_agrees_with_sorting(data):
    n, k = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 8))
    values = st.integers(-3, 3).map(float)
    scores = np.array(
        data.draw(st.lists(st.lists(values, min_size=k, max_size=k), min_size=n, max_size=n)),
        dtype=np.float32,
    )
    want = data.draw(st.integers(1, k))
    positions = top(scores, want)
    for row, columns in zip(scores, positions, strict=True):
        assert row[columns].tolist() == sorted(row.tolist(), reverse=True)[:want]
        assert len(set(columns.tolist())) == want


def test_evidence_names_the_nearest_examples_by_cosine(space):
    answer = space.label("pay bill", evidence=2)
    assert answer.label == "bill"
    by_loops = sorted(
        (
            (dot(unit("pay bill"), unit(text)), identity)
            for identity, text in (("b1", "pay pay bill"), ("b2", "bill"))
        ),
        reverse=True,
    )
    assert [e.id for e in answer.evidence.examples] == [i for _, i in by_loops]
    for example, (score, _) in zip(answer.evidence.examples, by_loops, strict=True):
        assert example.score == pytest.approx(score, abs=1e-6)
    cosine = dot(unit("pay bill"), unit("pay bill"))
    total = sum(score for score, _ in by_loops)
    assert answer.evidence.description == "pay bill"
    assert answer.evidence.description_share == pytest.approx(cosine / (cosine + total), abs=1e-6)
    assert answer.evidence.carried_by == "examples"


@pytest.mark.parametrize(("kappa", "n"), [(1.0, 1), (2.0, 1), (1.0, 3), (4.0, 3), (0.0, 2)])
def test_where_scores_are_distances_a_description_counts_for_kappa_examples(kappa, n):
    """Whatever the query is: a distance is no sum of a part of each."""
    with LabelSpace.create(
        encoder=WordEncoder(), metric="euclidean", names_mean=False, background=False
    ) as space:
        space.configure(kappa=kappa)
        space.describe("bill", "pay bill")
        space.add([Example("bill", "pay " * (i + 1)) for i in range(n)])
        for text in ("pay bill", "bill", "pay pay pay", "cv"):
            evidence = space.label(text).evidence
            assert evidence.description_share == pytest.approx(kappa / (kappa + n))
            assert evidence.carried_by == ("description" if kappa > n else "examples")


def test_a_class_from_a_description_alone_is_carried_by_it(space):
    evidence = space.label("ship box").evidence
    assert (evidence.label, evidence.carried_by, evidence.examples) == ("box", "description", ())
    assert evidence.description_share == 1.0


def test_evidence_can_be_left_out(space):
    assert space.label("pay", evidence=0).evidence is None


def test_none_of_these_below_the_threshold(space):
    space.configure(threshold=0.999)
    answer = space.label("secret")
    assert answer.label is None
    assert answer.reason.startswith("below the threshold")
    assert answer.evidence.label == answer.alternatives[0].label
    space.configure(threshold="none")
    assert space.label("secret").label is not None


def test_without_data_there_is_no_probability_and_the_reason_says_why(space):
    space.settle()
    answer = space.label("pay")
    assert answer.probability is None
    assert "no probability" in answer.reason
    assert "needs" in answer.reason


def test_probabilities_are_the_softmax_of_the_ranked_scores():
    with calibrated_space() as space:
        space.configure(refine=False)
        space.settle()
        view = space.view()
        assert isinstance(view.calibration, Calibration)
        answer = view.label("pay cv secret", alternatives=3)
    t = view.calibration.temperature
    scores = [a.score for a in answer.alternatives]
    total = sum(math.exp((s - scores[0]) / t) for s in scores)
    for alternative in answer.alternatives:
        expected = math.exp((alternative.score - scores[0]) / t) / total
        assert alternative.probability == pytest.approx(expected, abs=1e-5)


def test_an_empty_label_space_answers_none():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        answer = space.label("pay")
    assert (answer.label, answer.score, answer.margin, answer.alternatives) == (
        None,
        None,
        None,
        (),
    )
    assert answer.reason.startswith("the label space has no class yet")


def test_a_space_whose_classes_are_all_retired_says_so(space):
    space.retire("bill", "cv", "box")
    answer = space.label("pay")
    assert (answer.label, answer.score) == (None, None)
    assert answer.reason.startswith("every class is retired")


def test_an_answer_that_could_not_have_been_declined_says_so(space):
    space.settle()
    answer = space.label("pay")
    assert answer.label == "bill"
    assert answer.threshold is None
    assert "nothing is declined" in answer.reason


def calibrated_space() -> LabelSpace:
    space = LabelSpace.create(encoder=WordEncoder(), background=False)
    rng = np.random.default_rng(0)
    words = {"a": WORDS[:2], "b": WORDS[2:4], "c": WORDS[4:6]}
    space.add(
        [
            Example(label, " ".join(rng.choice([*own, *own, *WORDS], 3)))
            for label, own in words.items()
            for _ in range(8)
        ]
    )
    space.settle()
    return space


def test_a_declined_answer_says_what_its_probability_is_about():
    with calibrated_space() as space:
        space.configure(threshold=0.9999)
        answer = space.label("pay pay cv")
    assert answer.label is None
    assert answer.probability_of == answer.alternatives[0].label
    assert answer.probability == answer.alternatives[0].probability
    assert repr(answer.probability_of) in answer.reason


def test_the_reason_tells_a_score_from_the_threshold_that_it_just_misses():
    with calibrated_space() as space:
        score = space.label("pay pay cv").score
        space.configure(threshold=score + 1e-6)
        answer = space.label("pay pay cv")
    numbers = [float(word.strip(",;")) for word in answer.reason.split() if word[:2] == "0."]
    assert answer.label is None
    assert numbers[0] < numbers[1]


@settings(max_examples=80)
@given(st.data())
def test_which_of_equal_scores_wins_does_not_depend_on_how_many_are_asked_for(data):
    k = data.draw(st.integers(2, 40))
    values = st.integers(0, 2).map(float)
    scores = np.array([data.draw(st.lists(values, min_size=k, max_size=k))], dtype=np.float32)
    every = top(scores, k)[0].tolist()
    assert every == sorted(range(k), key=lambda column: (-scores[0, column], column))
    for most in range(1, k):
        assert top(scores, most)[0].tolist() == every[:most]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 99),
    n=st.integers(0, 40),
    most=st.integers(1, 6),
    block=st.integers(1, 9),
    metric=st.sampled_from(["cosine", "euclidean"]),
)
def test_the_nearest_examples_in_blocks_are_those_of_one_sort(seed, n, most, block, metric):
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-2, 3, (n, 3)).astype(np.float32)  # many ties
    queries = rng.integers(-2, 3, (4, 3)).astype(np.float32)
    blocks = [
        VectorBlock(np.arange(at, min(at + block, n)) * 10, vectors[at : at + block])
        for at in range(0, n, block)
    ]
    keys, scores = nearest(blocks, queries, most, metric)
    for row, query in enumerate(queries.tolist()):
        by_loops = []
        for i, vector in enumerate(vectors.tolist()):
            score = sum(a * b for a, b in zip(query, vector, strict=True))
            if metric == "euclidean":
                score = -sum((a - b) ** 2 for a, b in zip(query, vector, strict=True))
            by_loops.append((-score, 10 * i))
        by_loops.sort()
        assert keys[row].tolist() == [key for _, key in by_loops[:most]]
        assert scores[row].tolist() == [-score for score, _ in by_loops[:most]]


def test_evidence_for_a_class_of_many_examples_takes_bounded_memory():
    n, dim = 10_000, 8
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(n, dim)).astype(np.float32)
    encoder = PrecomputedEncoder(dim)
    with LabelSpace.create(encoder=encoder, names_mean=False, background=False) as space:
        space.add([Example("a", id=f"a{i}", embedding=v) for i, v in enumerate(vectors)])
        queries = [Document(str(i), embedding=v) for i, v in enumerate(vectors[:2048])]
        tracemalloc.start()
        try:
            answers = list(space.label_many(queries, evidence=1))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert [a.evidence.examples[0].id for a in answers] == [f"a{i}" for i in range(2048)]
    assert peak < 60e6  # a matrix of all scores would be 82 MB, its order 164 MB


def test_in_a_euclidean_space_the_nearest_passage_and_description_are_the_papers():
    """By hand: a long passage has the greater inner product, the short one is nearer."""
    with LabelSpace.create(
        encoder=WordEncoder(), metric="euclidean", names_mean=False, background=False
    ) as space:
        space.describe("a", "pay")
        view = space.view()
        passages = WordEncoder().encode(["pay pay pay pay", "pay"])
        encoded = Encoded(
            WordEncoder().encode(["pay pay"]), passages, np.zeros(2, np.int64),
            np.array([[0, 15], [16, 19]]),
        )  # fmt: skip
        queries = Queries(view.head.keys.tolist(), encoded, ["pay pay pay pay pay"])
        (evidence,) = gather(view.evidence_source, view.prototypes, queries, 1)
    assert (evidence.passage.start, evidence.passage.score) == (16, 0.0)
    assert evidence.description_score == -1.0


def test_an_answer_is_the_record_that_dataclasses_make_of_it():
    """``asdict`` is the oracle: it copies deeply, and takes ten times as long."""
    with LabelSpace.create(":memory:", encoder="hashing", background=False) as space:
        space.add(["pay the bill now", "pay it soon", "my work so far"], ["bill", "bill", "cv"])
        answer = space.label("pay the bill " * 400, evidence=2)
    record = asdict(answer)
    del record["labels"], record["levels"]
    for near in record["evidence"]["examples"]:
        del near["thumbnail"]
    identity = {name: record.pop(name) for name in ("id", "source")}
    assert answer.to_dict() == identity | record
    assert list(answer.to_dict()) == [*identity, *record]

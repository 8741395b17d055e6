"""The scan of codes against scoring every class: the same classes, order, ties and scores."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protolabel.arithmetic import scan, snapshot
from protolabel.arithmetic.block import BLOCK, codes_of_blocks
from protolabel.arithmetic.class_totals import ClassVectors
from protolabel.arithmetic.codes import Codes, codes_of, joined, runs_of
from protolabel.arithmetic.fixed_point import to_fixed
from protolabel.arithmetic.scores import LinearModel, pair_scores
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import unit

numba = pytest.importorskip("numba", reason="the extra `large` is not installed")

KINDS = ("spread", "near ties", "equal", "zeros", "huge", "one component", "tiny")


def rows_of(kind: str, n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """Centres ``(n, d)`` of one kind that a scan may get wrong."""
    centres = rng.standard_normal((n, d))
    if kind == "near ties":  # apart by less than codes can tell, some of them by nothing
        centres = centres[:1] + rng.integers(-2, 3, (n, d)) * 2.0 ** rng.integers(-26, -6, (n, 1))
    elif kind == "equal":
        centres = centres[rng.integers(0, min(3, n), n)]
    elif kind == "zeros":
        centres[rng.random(n) < 0.5] = 0.0
    elif kind == "huge":
        centres *= 10.0 ** rng.integers(-3, 9, (n, 1))
    elif kind == "one component":
        centres *= rng.random((n, d)) < 1.5 / d
    elif kind == "tiny":
        centres *= 1e-30
    return centres


def every_score(query: np.ndarray, model: LinearModel, k: int) -> tuple[list[int], list[float]]:
    """The oracle: each class by itself, in float64, then a plain sort."""
    each = pair_scores(
        np.repeat(query[None], len(model.weights), 0), model.weights, model.biases, model.metric
    )
    order = sorted(range(len(each)), key=lambda i: (-each[i], i))[:k]
    return order, [float(each[i]) for i in order]


@settings(max_examples=150, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    n=st.integers(1, 400),
    d=st.integers(1, 70),
    k=st.integers(1, 12),
    metric=st.sampled_from(["cosine", "euclidean"]),
    query_kind=st.sampled_from(["random", "a centre", "zero", "huge", "tiny"]),
    cuts=st.lists(st.integers(0, 400), max_size=3),
    seed=st.integers(0, 2**20),
)
@example(["equal"], 400, 8, 3, "cosine", "a centre", [], 0)
@example(["huge", "near ties"], 400, 33, 5, "euclidean", "a centre", [100], 1)
def test_a_scan_answers_as_scoring_every_class_does(kinds, n, d, k, metric, query_kind, cuts, seed):
    rng = np.random.default_rng(seed)
    centres = np.concatenate([rows_of(kind, n, d, rng) for kind in kinds])
    centres = centres[rng.permutation(len(centres))]
    model = LinearModel.of_centres(centres, metric)
    query = {
        "random": rng.standard_normal(d),
        "a centre": centres[0],
        "zero": np.zeros(d),
        "huge": 1e8 * rng.standard_normal(d),
        "tiny": 1e-30 * rng.standard_normal(d),
    }[query_kind].astype(np.float32)
    k = min(k, len(centres))
    edges = sorted({0, len(centres), *(cut for cut in cuts if cut < len(centres))})
    parts = [codes_of(model.weights[a:b], model.biases[a:b]) for a, b in pairwise(edges)]
    best = scan.best_of(
        query[None], k, parts, lambda rows: (model.weights[rows], model.biases[rows]), metric
    )
    columns, scores = every_score(query, model, k)
    assert best.columns[0].tolist() == columns
    assert best.scores[0].tolist() == scores


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS), d=st.integers(1, 70), seed=st.integers(0, 2**20),
    wide=st.booleans(),
)  # fmt: skip
def test_the_rest_of_a_code_is_no_shorter_than_what_the_code_leaves_out(kind, d, seed, wide):
    rng = np.random.default_rng(seed)
    weights = rows_of(kind, 20, d, rng).astype(np.float64 if wide else np.float32)
    codes = codes_of(weights, np.zeros(20, weights.dtype))
    half = (d + 1) // 2
    for row, exact in enumerate(weights.astype(np.float64)):
        for j in range(d):  # the layout, read one component at a time
            byte = int(codes.nibbles[row, j % half])
            code = byte & 15 if j < half else byte >> 4
            exact[j] -= (code - 7.5) * float(codes.coarse_steps[row])
        assert np.linalg.norm(exact) <= float(codes.coarse_rests[row])
        fine = codes.octets[row].astype(np.float64) * float(codes.fine_steps[row])
        assert np.linalg.norm(weights[row] - fine) <= float(codes.fine_rests[row])


def test_runs_that_follow_one_another_are_joined_without_a_copy():
    rng = np.random.default_rng(0)
    whole = codes_of(rng.standard_normal((30, 5)), np.zeros(30))
    other = codes_of(rng.standard_normal((4, 5)), np.zeros(4))
    parts = [whole.run(0, 10), whole.run(10, 20), other, whole.run(25, 30), whole.run(20, 25)]
    runs = runs_of(parts)
    assert [run.n for run in runs] == [20, 4, 5, 5]
    assert np.shares_memory(runs[0].octets, whole.octets)
    for one, both in zip(joined(parts).arrays(), joined(runs).arrays(), strict=True):
        np.testing.assert_array_equal(one, both)


def test_threads_that_ask_a_new_snapshot_first_get_what_later_ones_get(monkeypatch):
    """Both make the codes: each finds that there are none yet."""
    rng = np.random.default_rng(0)
    sums = to_fixed(rng.standard_normal((3 * BLOCK, 8)).astype(np.float32))
    classes = [ClassVectors(key, f"{key}", 1, row, None) for key, row in enumerate(sums, start=1)]
    head = Snapshot(1, 1, "f", dim=8, metric="cosine", kappa=1.0).filled(classes)
    queries = unit(rng.standard_normal((5, 8)).astype(np.float32))
    plain = head.ranking(queries, head.scores(queries), 4)
    both = threading.Barrier(2, timeout=60)

    def codes(blocks):
        both.wait()
        return codes_of_blocks(blocks)

    monkeypatch.setattr(snapshot, "SCANNED", 3)
    monkeypatch.setattr(snapshot, "codes_of_blocks", codes)
    with ThreadPoolExecutor(2) as threads:
        first = list(threads.map(lambda _: head.best(queries, 4), range(2)))
    for ranking in (*first, head.best(queries, 4)):
        np.testing.assert_array_equal(ranking.columns, plain.columns)
        np.testing.assert_array_equal(ranking.scores, plain.scores)


@pytest.mark.slow
def test_a_scan_is_exact_with_avx2_alone():
    """The loops are compiled for an older processor in a process of its own."""
    older = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+bmi,+bmi2"}
    tests = [__file__, "-q", "-x", "-p", "no:cacheprovider", "-k", "answers_as_scoring"]
    command = [sys.executable, "-m", "pytest", *tests]
    subprocess.run(command, env={**os.environ, **older}, check=True)


def test_one_compilation_serves_codes_of_a_file_and_changed_ones():
    """Those of a file are read-only, those of a changed block were writable."""
    from protolabel.arithmetic.scan_kernels import coarse_uppers, fine_bounds

    rng = np.random.default_rng(0)
    weights, biases = rng.standard_normal((600, 12)).astype(np.float32), np.zeros(600, np.float32)
    codes = codes_of(weights, biases)
    of_file = Codes.of_arrays([np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape)
                               for a in codes.arrays()])  # fmt: skip
    query = unit(rng.standard_normal((1, 12))).astype(np.float32)
    counts = []
    for one in (codes, of_file):
        scan.best_of(query, 2, [one], lambda at: (weights[at], biases[at]), "cosine")
        counts.append([len(kernel.signatures) for kernel in (coarse_uppers, fine_bounds)])
    assert counts[0] == counts[1]

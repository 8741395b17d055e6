"""One draw of each part of the open-world benchmark: figures by name. Tables are elsewhere."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.data_sets import Data
from benchmarks.open_worlds import (
    World,
    any_data,
    auroc,
    brier,
    calibration_error,
    clinc_oos,
    clinc_world,
    false_positives,
    replies,
    rival_chances,
    world,
)
from protolabel import LabelSpace
from protolabel.arithmetic.belonging import share_of_strangers
from protolabel.arithmetic.calibration import Calibration

TARGETS = ("errors 10%", "errors 20%", "strangers 70%", "turned away 5%", "turned away 10%")
Result = dict[str, float]


def strangers_of_clinc(shots: int, seed: int) -> Result:
    """One draw of CLINC150 with its out-of-scope test queries."""
    data, sets = clinc_oos()
    here = clinc_world(data, sets, shots, seed)
    result: Result = {}
    with here.space() as space:
        space.configure(threshold="auto")
        near = replies(space, data, here.queries, names=here.names(here.queries))
        far = replies(space, data, here.strangers, names=here.names(here.strangers))
        result |= {
            "in-scope accuracy": 100 * near.right.mean(),
            "answered rightly": 100 * (near.right & near.taken).mean(),
            "strangers declined": 100 * (~far.taken).mean(),
            "in-scope declined": 100 * (~near.taken).mean(),
        }
        kinds = {"refined score": (near.scores, far.scores)}
        if np.isfinite(near.probabilities).all():
            kinds["softmax of it"] = (near.probabilities, far.probabilities)
            kinds["chance"] = (near.chances, far.chances)
        space.configure(refine=False)
        one = replies(space, data, here.queries, names=here.names(here.queries))
        two = replies(space, data, here.strangers, names=here.names(here.strangers))
        kinds["best cosine to a prototype"] = (one.scores, two.scores)
        space.configure(refine=True)
        for target in ("strangers 90%", "turned away 5%"):
            space.configure(target=target)
            a = replies(space, data, here.queries, names=here.names(here.queries))
            b = replies(space, data, here.strangers, names=here.names(here.strangers))
            result[f"{target}: strangers declined"] = 100 * (~b.taken).mean()
            result[f"{target}: in-scope declined"] = 100 * (~a.taken).mean()
    for name, (near_values, far_values) in kinds.items():
        result[f"{name}: AUROC"] = auroc(near_values, far_values)
        result[f"{name}: FPR95"] = false_positives(near_values, far_values)
    return result


def calibration_draw(name: str, way: int | None, shots: int, seed: int) -> Result:
    """One draw: half of the classes known, the others strangers, in several shares."""
    data = any_data(name)
    here = world(data, way or len(data.names) // 2, shots, seed)
    result: Result = {}
    with here.space() as space:
        near_names, far_names = here.names(here.queries), here.names(here.strangers)
        for head in ("refined", "prototypes"):
            space.configure(refine=head == "refined")
            for share in (0.0, 0.1, 0.3):
                space.configure(strangers=share)
                near = replies(space, data, here.queries, names=near_names)
                far = replies(space, data, here.strangers, names=far_names)
                if not np.isfinite(near.chances).all():
                    return {"none": 1.0}
                rng = np.random.default_rng(seed)
                n = min(len(near.scores), int(len(far.scores) / max(share, 1e-9) * (1 - share)))
                a = rng.permutation(len(near.scores))[:n]
                b = rng.permutation(len(far.scores))[: round(n * share / (1 - share))]
                right = np.concatenate([near.right[a], np.zeros(len(b))])
                methods = {
                    "today": np.concatenate([near.probabilities[a], far.probabilities[b]]),
                    "chance": np.concatenate([near.chances[a], far.chances[b]]),
                }
                scores = np.concatenate([near.scores[a], far.scores[b]])
                methods["plain softmax"] = np.concatenate([
                    plain_softmax(space, data, here.queries[a]),
                    plain_softmax(space, data, here.strangers[b]),
                ])  # fmt: skip
                methods |= rival_chances(space, scores, share)
                for method, p in methods.items():
                    key = f"{head} {share:g} {method}"
                    result[f"{key}: ECE"] = calibration_error(p, right)
                    result[f"{key}: Brier"] = brier(p, right)
                    result[f"{key}: bias"] = 100 * float((p - right).mean())
            space.configure(strangers="auto")
            for coverage in (0.8, 0.9, 0.95):
                one = replies(space, data, here.queries, names=near_names, coverage=coverage)
                result[f"{head} sets {coverage:g}: coverage"] = 100 * one.sets.mean()
                result[f"{head} sets {coverage:g}: size"] = float(one.members.mean())
    return result


def plain_softmax(space: LabelSpace, data: Data, rows: np.ndarray) -> np.ndarray:
    """Best probability of a softmax of the scores at temperature 1, as uncalibrated rivals have."""
    if not len(rows):
        return np.empty(0)
    scores = space.view().head.scores(data.embeddings[rows]).astype(float)
    scores -= scores.max(axis=1, keepdims=True)
    return 1.0 / np.exp(scores).sum(axis=1)


def target_draw(name: str, shots: int, seed: int) -> Result:
    """One draw: what each target realises on new documents, near strangers being 20 %."""
    data = any_data(name)
    here = world(data, len(data.names) // 2, shots, seed)
    result: Result = {}
    with here.space() as space:
        near_names, far_names = here.names(here.queries), here.names(here.strangers)
        for target in TARGETS:
            space.configure(target=target, strangers=0.2)
            near = replies(space, data, here.queries, names=near_names)
            far = replies(space, data, here.strangers, names=far_names)
            answered = 0.8 * near.taken.mean() + 0.2 * far.taken.mean()
            wrong = 0.8 * (near.taken & ~near.right).mean() + 0.2 * far.taken.mean()
            limit = space.view().rule.limit
            assert limit is not None
            result[f"{target}: promised"] = float(not limit.shortage)
            result[f"{target}: answered"] = 100 * near.taken.mean()
            if limit.shortage:
                continue
            kind = target.split(" ")[0]
            realised = {
                "errors": wrong / answered if answered else 0.0,
                "strangers": (~far.taken).mean(),
                "turned": (~near.taken).mean(),
            }[kind]
            result[f"{target}: realised"] = 100 * float(realised)
    return result


def contracts_draw(seed: int, share: str) -> Result:
    """One draw: six types known, three examples each; all other contracts are the stream."""
    data = any_data("contracts")
    here = world(data, 6, 3, seed, queries=1000)
    result: Result = {}
    with here.space() as space:
        names = here.names(here.queries), here.names(here.strangers)
        if share == "estimated":
            view = space.view()
            calibration = view.calibration
            assert isinstance(calibration, Calibration)
            assert calibration.belonging is not None
            rows = np.concatenate([here.queries, here.strangers])
            scores = view.head.scores(data.embeddings[rows]).max(axis=1)
            estimate = share_of_strangers(calibration.belonging.log_odds(scores))
            space.configure(strangers=min(estimate, 0.99))
            result["estimate"] = 100 * estimate
        elif share == "true":
            space.configure(
                strangers=len(here.strangers) / (len(here.strangers) + len(here.queries))
            )
        near = replies(space, data, here.queries, names=names[0])
        far = replies(space, data, here.strangers, names=names[1])
        right = np.concatenate([near.right, np.zeros(len(far.right))]).astype(bool)
        result["strangers"] = 100 * len(here.strangers) / len(right)
        result["accuracy"] = 100 * near.right.mean()
        for kind in ("chances", "probabilities"):
            p = np.concatenate([getattr(near, kind), getattr(far, kind)])
            high = p > 0.7
            result |= {f"{kind}: n": int(high.sum()), f"{kind}: ECE": calibration_error(p, right),
                       f"{kind}: Brier": brier(p, right)}  # fmt: skip
            if high.any():
                result[f"{kind}: says"] = 100 * p[high].mean()
                result[f"{kind}: right"] = 100 * right[high].mean()
            order = np.argsort(-p)
            for coverage in (10, 20, 40):
                some = order[: round(len(p) * coverage / 100)]
                result[f"{kind}: right at {coverage}"] = 100 * right[some].mean()
    return result


def known_draw(name: str, share: float, seed: int) -> Result:
    """One draw of the published protocol: all training data of some classes, all test documents."""
    if name == "clinc150":
        data, sets = clinc_oos()
        train, test = sets == "train", (sets == "test") | (sets == "oos_test")
    else:
        data = any_data(name)
        rng = np.random.default_rng(99)
        order = rng.permutation(len(data.y))
        test = np.zeros(len(data.y), bool)
        for c in range(len(data.names)):
            test[order[data.y[order] == c][:40]] = True
        train = ~test
    rng = np.random.default_rng(seed)
    chosen = sorted(rng.permutation(len(data.names))[: round(share * len(data.names))].tolist())
    support = np.flatnonzero(train & np.isin(data.y, chosen))
    rows = np.flatnonzero(test)
    here = World(data, chosen, support, rows, rows[:0])
    names = here.names(rows)
    with here.space() as space:
        answers = replies(space, data, rows, names=names)
        view = space.view()
        calibration = view.calibration
        assert isinstance(calibration, Calibration)
        assert calibration.belonging is not None
        estimate = share_of_strangers(calibration.belonging.log_odds(answers.scores))
        space.configure(strangers=min(estimate, 0.99))
        again = replies(space, data, rows, names=names)
    result: Result = {
        "estimate": 100 * estimate,
        "strangers": 100 * float(np.mean([n == "" for n in names])),
    }
    cuts = {
        "default threshold": answers.taken,
        "likeliest, strangers 20 %": answers.none <= answers.chances,
        "likeliest, strangers estimated": again.none <= again.chances,
    }
    for cut, taken in cuts.items():
        label = np.where(taken, answers.best, "")
        result[f"{cut}: accuracy"] = 100 * float((label == np.array(names)).mean())
        result[f"{cut}: F1"] = 100 * float(f1_score(names, label, average="macro"))
    return result

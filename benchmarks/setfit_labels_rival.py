"""SetFit's multi-label head on one draw, in an environment of its own; for ``multi_label``.

Reads {"model", "texts", "labels", "queries", "seconds", "folder"} as JSON from stdin, labels being
0 or 1 for each class, trains with SetFit's defaults, stopped after ``seconds``, and writes
{"answers", "seconds", "steps", "planned"} as the last line of stdout.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments

from benchmarks.setfit_rival import Clock


def main() -> None:
    """One draw."""
    request = json.load(sys.stdin)
    model = SetFitModel.from_pretrained(
        request["model"], multi_target_strategy="one-vs-rest", device="cpu"
    )
    clock = Clock(request["seconds"])
    labels = np.asarray(request["labels"])
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=request["folder"], seed=0, report_to="none", save_strategy="no",
            num_iterations=10,
        ),
        train_dataset=Dataset.from_dict({"text": request["texts"], "label": labels.tolist()}),
        callbacks=[clock],
    )  # fmt: skip
    started = clock.started = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - started
    answers = np.asarray(model.predict(request["queries"], show_progress_bar=False))
    record = {"answers": answers.astype(int).tolist(), "seconds": seconds, "steps": clock.steps}
    print(json.dumps(record | {"planned": clock.planned}))


if __name__ == "__main__":
    main()

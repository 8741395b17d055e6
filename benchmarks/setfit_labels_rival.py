"""SetFit's multi-label head on one draw, in an environment of its own; for ``multi_label``.

Reads {"model", "texts", "labels", "queries", "folder"} as JSON from stdin, labels being 0 or 1 for
each class, trains with SetFit's defaults, and writes {"answers", "chances", "seconds", "steps"} as
the last line of stdout.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments

from benchmarks.command_line import command_line
from benchmarks.setfit_rival import Clock


def main() -> None:
    """One draw."""
    command_line(__doc__).parse_args()
    request = json.load(sys.stdin)
    model = SetFitModel.from_pretrained(
        request["model"], multi_target_strategy="one-vs-rest", device="cpu"
    )
    clock = Clock(None)
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
    started = time.process_time()
    trainer.train()
    seconds = time.process_time() - started
    queries = request["queries"]
    answers = np.asarray(model.predict(queries, show_progress_bar=False)).astype(int)
    chances = np.asarray(model.predict_proba(queries, show_progress_bar=False), np.float64)
    record = {"answers": answers.tolist(), "chances": chances.round(6).tolist()}
    print(json.dumps(record | {"seconds": seconds, "steps": clock.steps}))


if __name__ == "__main__":
    main()

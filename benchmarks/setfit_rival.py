"""SetFit on one draw, in a virtual environment of its own; called by ``benchmarks.adapt``.

Reads {"model", "texts", "labels", "queries", "truth", "seconds", "iterations"} as JSON from stdin,
trains with SetFit's defaults (or ``iterations`` pairs an example), stopped after ``seconds`` where
given, and writes {"accuracy", "seconds", "steps", "planned"} as the last line of stdout.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments
from transformers import TrainerCallback

from benchmarks.command_line import command_line


class Clock(TrainerCallback):
    """Stops training when its time is up."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds, self.started = seconds, time.monotonic()
        self.steps = self.planned = 0

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> Any:
        """After each step."""
        self.steps, self.planned = state.global_step, state.max_steps
        if self.seconds is not None and time.monotonic() - self.started > self.seconds:
            control.should_training_stop = True
        return control


def main() -> None:
    """One draw."""
    command_line(__doc__).parse_args()
    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    model = SetFitModel.from_pretrained(request["model"], device="cpu")
    clock = Clock(request["seconds"])
    more = {"num_iterations": request["iterations"]} if request["iterations"] else {}
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=request["folder"], seed=0, report_to="none", save_strategy="no", **more
        ),
        train_dataset=Dataset.from_dict({"text": request["texts"], "label": request["labels"]}),
        callbacks=[clock],
    )
    started = clock.started = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - started
    answers = np.asarray(model.predict(request["queries"], show_progress_bar=False))
    accuracy = 100 * float((answers == np.asarray(request["truth"])).mean())
    record = {"accuracy": accuracy, "seconds": seconds, "steps": clock.steps}
    print(json.dumps(record | {"planned": clock.planned}))


if __name__ == "__main__":
    main()

"""One process or several: which one this is, and sums over all of them. Starts no process.

``torchrun`` starts them (``torchrun --nproc-per-node 2 -m protolabel train ...``); each takes its
share of a step's episodes, and gradients are summed. gloo on processors, nccl on GPUs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


def computes_bf16() -> bool:
    """Return whether bfloat16 is quicker than float32 here: GPUs, and processors that have it."""
    return torch.cuda.is_available() or bool(torch.cpu._is_avx512_bf16_supported())


@dataclass(frozen=True)
class Processes:
    """The ``rank`` of this process among ``size`` that train together. Rank 0 judges and writes."""

    rank: int = 0
    size: int = 1

    @classmethod
    def started(cls) -> int:
        """Return how many processes torchrun started: 1 where it did not start this one."""
        return int(os.environ.get("WORLD_SIZE", "1"))

    @classmethod
    def first(cls) -> bool:
        """Return whether this is the first of the processes that torchrun started, or alone."""
        return os.environ.get("RANK", "0") == "0"

    @classmethod
    def join(cls) -> Processes:
        """Join the processes that torchrun started, or stand alone."""
        if cls.started() == 1:
            return cls()
        if not distributed.is_initialized():
            distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(distributed.get_rank(), cls.started())

    @classmethod
    @contextmanager
    def joined(cls) -> Iterator[Processes]:
        """Join the others for the block. They part together, unless the block fails."""
        processes = cls.join()
        try:
            yield processes
        except BaseException:
            processes.leave(together=False)
            raise
        processes.leave()

    @property
    def leads(self) -> bool:
        """Whether this is the process that reports and writes."""
        return self.rank == 0

    def device(self) -> torch.device:
        """Return a GPU of this process's own where there is one, else the processor."""
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))

    def add(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all processes."""
        if self.size > 1:
            for tensor in tensors:
                distributed.all_reduce(tensor)

    def from_leader(self, values: Sequence[float]) -> list[float]:
        """Return the values of rank 0, in every process."""
        if self.size == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64)
        if torch.cuda.is_available():
            tensor = tensor.to(self.device())
        distributed.broadcast(tensor, 0)
        return [float(value) for value in tensor]

    def agree(self, value: int) -> bool:
        """Return whether all processes have the same value, once all have been asked."""
        if self.size == 1:
            return True
        ends = torch.tensor([value, -value], dtype=torch.int64, device=self.device())
        distributed.all_reduce(ends, op=distributed.ReduceOp.MAX)
        return int(ends[0]) == -int(ends[1])

    def leave(self, *, together: bool = True) -> None:
        """Part from the other processes: after all have arrived here, unless one has failed.

        gloo's threads release a tensor a moment after the operation on it. If the interpreter ends
        in that moment, the process crashes (one run in thirty). So all meet once more, in a barrier
        that does without those threads.
        """
        if self.size > 1 and distributed.is_initialized():
            if together and distributed.get_backend() == "gloo":
                distributed.monitored_barrier()
            distributed.destroy_process_group()

"""One process or several: who this process is, and sums over all of them. Starts no process.

``torchrun`` starts them (``torchrun --nproc-per-node 2 -m protolabel train ...``); each takes its
share of a step's episodes, and gradients are summed. gloo on processors, nccl on GPUs.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


def computes_bf16() -> bool:
    """Whether bfloat16 is quicker than float32 here: on GPUs, and processors that have it."""
    return torch.cuda.is_available() or bool(torch.cpu._is_avx512_bf16_supported())


@dataclass(frozen=True)
class World:
    """The process's ``rank`` among ``size``. Rank 0 reports, validates and writes."""

    rank: int = 0
    size: int = 1

    @classmethod
    def joined(cls) -> World:
        """Join the processes that torchrun started, or stand alone."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls()
        if not distributed.is_initialized():
            distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(distributed.get_rank(), size)

    @property
    def leads(self) -> bool:
        """Whether this is the process that reports and writes."""
        return self.rank == 0

    def device(self) -> torch.device:
        """A GPU of this process's own where there is one, else the processor."""
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))

    def add(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all processes."""
        if self.size > 1:
            for tensor in tensors:
                distributed.all_reduce(tensor)

    def told(self, values: Sequence[float]) -> list[float]:
        """What rank 0 says, in every process."""
        if self.size == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64)
        if torch.cuda.is_available():
            tensor = tensor.to(self.device())
        distributed.broadcast(tensor, 0)
        return [float(v) for v in tensor]

    def agree(self, value: int) -> bool:
        """Whether all processes say the same; none goes on before all have said it."""
        if self.size == 1:
            return True
        ends = torch.tensor([value, -value], dtype=torch.int64, device=self.device())
        distributed.all_reduce(ends, op=distributed.ReduceOp.MAX)
        return int(ends[0]) == -int(ends[1])

    def leave(self, *, together: bool = True) -> None:
        """Part from the other processes, once all are here unless one of them has failed.

        gloo's threads let go of a tensor a moment after the operation on it; at the interpreter's
        end that moment is fatal (one run in thirty). All meet once more, without its threads.
        """
        if self.size > 1 and distributed.is_initialized():
            if together and distributed.get_backend() == "gloo":
                distributed.monitored_barrier()
            distributed.destroy_process_group()

"""Labels and encodes with protolabel in a process of its own; called by ``benchmarks.speed``.

``python -m benchmarks.speed_own PRECISION THREADS EXAMPLES``: the actions ``label`` (``label_many``
against a label space of EXAMPLES, a JSON list of class and text, without evidence), ``evidence``
(the same with it) and ``encode``. With ``peak`` in
the place of EXAMPLES it prints the GFLOP/s of a large product of matrices instead. It ends with
code 3 and a message where this processor cannot compute in that precision.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.speed_tasks import serve
from protolabel import Document, Example, LabelSpace
from protolabel.encoders import PassageEncoder, load_encoder
from protolabel.errors import EncoderError

REFUSED = 3


def peak(precision: str, threads: int) -> float:
    """GFLOP/s of a large matrix product in the same engine."""
    from protolabel.encoders.engine import openvino

    ov = openvino()
    op = ov.opset13
    n = 2048
    weight = np.random.default_rng(0).standard_normal((n, n)).astype(np.float32)
    x = op.parameter([n, n], np.float32)
    y = x
    for _ in range(4):
        y = op.matmul(y, op.constant(weight / 50), False, False)
    options = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads}
    compiled = ov.Core().compile_model(ov.Model([op.result(y)], [x]), "CPU", options)
    request = compiled.create_infer_request()
    times = []
    for _ in range(12):
        start = time.perf_counter()
        request.infer([weight])
        times.append(time.perf_counter() - start)
    return 4 * 2 * n**3 / min(times) / 1e9


def main() -> None:
    """Serve one precision, or measure the peak."""
    parser = command_line(__doc__)
    parser.add_argument("precision", metavar="PRECISION")
    parser.add_argument("threads", metavar="THREADS", type=int)
    parser.add_argument("examples", metavar="EXAMPLES")
    options = parser.parse_args()
    precision, threads, examples = options.precision, options.threads, options.examples
    if examples == "peak":
        print(peak(precision, threads))
        return
    try:
        encoder = load_encoder(threads=threads, precision=precision)  # type: ignore[arg-type]
    except EncoderError as error:
        print(error, file=sys.stderr)
        raise SystemExit(REFUSED) from None
    assert isinstance(encoder, PassageEncoder)
    space: list[LabelSpace] = []  # made with the first task that asks for it

    def label(texts: list[str], evidence: int = 0) -> None:
        documents = (Document(str(i), text) for i, text in enumerate(texts))
        answers = list(space[0].label_many(documents, evidence=evidence))
        assert len(answers) == len(texts)

    def settle(texts: list[str]) -> None:
        new = LabelSpace.create(":memory:", encoder=encoder, background=False)
        rows = json.loads(Path(examples).read_text(encoding="utf-8"))
        new.add([Example(name, text) for name, text in rows])
        new.settle()
        space.append(new)

    def encode(texts: list[str]) -> object:
        return encoder.encode_documents(texts).embeddings

    more = partial(label, evidence=3)
    serve({"label": label, "evidence": more, "settle": settle, "encode": encode})


if __name__ == "__main__":
    main()

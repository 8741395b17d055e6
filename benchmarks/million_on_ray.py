"""One job on a local cluster; called by ``benchmarks.million_documents``.

``python -m benchmarks.million_on_ray SPACE FOLDER OUT TEMPORARY WORKERS`` writes one line of JSON:
seconds of the parts, and whether every document was answered once.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from pyarrow import parquet

from benchmarks.command_line import command_line
from protolabel.batch.on_ray import quiet_ray
from protolabel.batch.partitions import label_partition, partitions


def main() -> None:
    """Run the job."""
    parser = command_line(__doc__)
    for name in ("space", "folder", "out", "temporary"):
        parser.add_argument(name, metavar=name.upper())
    parser.add_argument("workers", metavar="WORKERS", type=int)
    options = parser.parse_args()
    space, folder, out = options.space, options.folder, options.out
    started = time.monotonic()
    ray = quiet_ray()
    ray.init(num_cpus=options.workers, include_dashboard=False, log_to_driver=False,
             _temp_dir=options.temporary)  # fmt: skip
    start = time.monotonic() - started
    jobs = partitions(folder, out)
    started = time.monotonic()
    labelled = ray.data.from_items(jobs, override_num_blocks=len(jobs)).map(
        lambda job: label_partition(**job, space=space)
    )
    outcomes = labelled.take_all()
    seconds = time.monotonic() - started
    ids = [i for job in jobs for i in parquet.read_table(job["target"])["id"].to_pylist()]
    each = sorted(o["seconds"] / max(1, o["documents"]) for o in outcomes if not o["before"])
    size, opening, overhead = os.path.getsize(space), *parts(space)
    print(json.dumps({
        "start": start, "seconds": seconds, "once": len(ids) == len(set(ids)) and
        len(ids) == sum(Path(job["source"]).read_bytes().count(b"\n") for job in jobs),
        "rate": 1 / each[len(each) // 2], "space": size, "open": opening, "overhead": overhead,
    }))  # fmt: skip


def parts(space: str) -> tuple[float, float]:
    """Seconds of the first partition of one document, which opens a copy, and of the second."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for i in range(2):
            source = Path(folder) / f"{i}.jsonl"
            source.write_text('{"id": "0", "text": "one text"}\n', encoding="utf-8")
            seconds.append(label_partition(str(source), f"{source}.parquet", space)["seconds"])
    return seconds[0] - seconds[1], seconds[1]


if __name__ == "__main__":
    main()

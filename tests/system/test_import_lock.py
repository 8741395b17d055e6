"""Scientific packages are imported by one thread at a time, wherever they are first needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import protolabel

SOURCE = Path(protolabel.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
PACKAGES = {"scipy", "sklearn"}

THREADS = """
import sys, threading, time

sys.setswitchinterval(1e-5)
order = []


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "scipy":
            order.append(threading.current_thread().name)
            time.sleep(1e-4)


import numpy as np
from protolabel.copies import near_points
from protolabel.arithmetic.intervals import wilson
from protolabel.copies.near_vectors import first_copies

sys.meta_path.insert(0, Finder())
near_points.MOST_COMPARED = 0  # so that a tree does it
vectors = np.random.default_rng(0).normal(size=(100, 4)).astype(np.float32)
uses = [
    lambda: wilson(0.5, 10),
    lambda: first_copies(vectors),
]
threads = [threading.Thread(target=use) for use in uses]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
runs = [name for i, name in enumerate(order) if i == 0 or name != order[i - 1]]
assert len(runs) == len(set(runs)) == len(uses), runs
"""


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_each_import_of_them_stands_under_the_lock(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With)]
    locked = {
        id(node)
        for block in blocks
        if [ast.unparse(item.context_expr) for item in block.items] == ["one_import()"]
        for node in block.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            assert name.split(".")[0] not in PACKAGES or id(node) in locked, name


def test_threads_that_need_different_parts_first_import_one_after_the_other():
    subprocess.run([sys.executable, "-c", THREADS], check=True, timeout=120)

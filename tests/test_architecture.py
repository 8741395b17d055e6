"""The shape of the code: imports one way, pure arithmetic, a light import, small files, nouns."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import protolabel

SOURCE = Path(protolabel.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
TESTS = Path(__file__).parent
BENCHMARKS = TESTS.parent / "benchmarks"

# From the words that everything uses to the doors: a file imports from its own layer or above.
LAYERS = [line.split() for line in (protolabel.__doc__ or "").splitlines() if line[:4] == "    "]
ARITHMETIC = sorted(p.stem for p in (SOURCE / "arithmetic").glob("*.py"))
NO_IO = {"os", "io", "pathlib", "sqlite3", "json", "subprocess", "socket", "threading", "requests"}


def part(path: Path) -> str:
    inside = path.relative_to(SOURCE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def test_the_order_names_every_folder_and_every_file_of_the_root():
    parts = {part(path) for path in FILES} - {"__init__"}
    assert sorted(name for names in LAYERS for name in names) == sorted(parts)


def layer(name: str) -> int:
    return next(i for i, names in enumerate(LAYERS) if name in names)


def imports(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
            modules |= {
                f"{node.module}.{a.name}" for a in node.names if node.module == "protolabel"
            }
    return modules


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_run_one_way(path):
    for name in imports(path):
        if name.startswith("protolabel."):
            used = name.split(".")[1]
            if used == "__version__" or part(path) == "__init__":
                continue
            assert layer(used) <= layer(part(path)), f"{part(path)} imports {name}"


@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_does_no_io(name):
    roots = {i.split(".")[0] for i in imports(SOURCE / "arithmetic" / f"{name}.py")}
    assert not roots & NO_IO


@pytest.mark.parametrize(
    "name", ["episodic", "all_classes", "confusion", "forecast", "learning_curve", "plan"]
)
def test_the_arithmetic_of_evaluation_does_no_io(name):
    modules = imports(SOURCE / "evaluation" / f"{name}.py")
    assert not {i.split(".")[0] for i in modules} & (NO_IO | {"matplotlib"})


def test_torch_belongs_to_training():
    heavy = {"torch", "transformers", "peft", "tensorboard", "sentence_transformers"}
    for path in FILES:
        roots = {i.split(".")[0] for i in imports(path)}
        assert part(path) == "training" or not roots & heavy, path


def test_sqlite_belongs_to_the_store_and_to_the_file_of_the_embedding_cache():
    for path in FILES:
        if "sqlite3" in imports(path) and part(path) != "store":
            assert path == SOURCE / "encoders/cache_file.py"


def test_the_present_time_has_one_home():
    asking = [path.stem for path in FILES if "datetime.now(" in path.read_text(encoding="utf-8")]
    assert asking == ["time_stamps"]


def test_no_file_outside_of_label_space_reaches_into_a_label_space():
    """``session_of`` is the one door to what a label space holds open."""
    for path in SOURCE.rglob("*.py"):
        if path.parent.name not in ("label_space", "changes"):
            assert not re.search(r"(?<!self)\._session\b", path.read_text(encoding="utf-8")), path


def test_nothing_unsafe_is_imported():
    for path in FILES:
        roots = {i.split(".")[0] for i in imports(path)}
        assert not roots & {"pickle", "marshal", "shelve", "dill", "joblib"}, path
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {n.func.id for n in ast.walk(tree)
                  if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}  # fmt: skip
        assert not called & {"eval", "exec", "compile", "__import__"}, path


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_say_what_they_are_and_stay_small(path):
    text = path.read_text(encoding="utf-8")
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), path
    assert len(text.splitlines()) <= 300, path


@pytest.mark.parametrize("path", sorted(BENCHMARKS.rglob("*.py")), ids=lambda p: p.name)
def test_benchmarks_say_what_they_are_and_hold_one_idea(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), path
    assert len(text.splitlines()) <= 350, path


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda p: p.name)
def test_test_files_say_what_they_are_and_hold_one_idea(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), path
    assert len(text.splitlines()) <= 400, path


PARTICIPLES = frozenset({
    "told", "found", "given", "made", "said", "known", "shown", "seen", "held", "brought",
    "wanted", "spoken", "usual", "began",
})  # fmt: skip
OF_THE_SOURCE = PARTICIPLES | {
    "answered", "asked", "counted", "gone", "kept", "sent", "taken", "tried", "written",
    "alike", "here", "there",
}  # fmt: skip
OF_VARIABLES = frozenset({"chosen", "moved"})  # in the source; some public fields are called so
ROOT = Path(__file__).parents[1]
PYTHON = sorted(p for folder in ("src", "benchmarks", "examples", "docs", "tests")
                for p in (ROOT / folder).rglob("*.py"))  # fmt: skip


def new_names(tree: ast.AST) -> set[str]:
    """Return the names of variables, parameters, attributes, functions and classes of a file."""
    nodes = list(ast.walk(tree))
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {
        n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
    }
    names |= {n.name for n in nodes if isinstance(n, definitions)}
    names |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    return {name.strip("_").lower() for name in names}


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_variables_functions_and_classes_are_called_by_nouns(path):
    """``vectors`` says what it holds; ``found`` does not."""
    words = OF_THE_SOURCE if path.is_relative_to(SOURCE) else PARTICIPLES
    assert not words & new_names(ast.parse(path.read_text(encoding="utf-8")))


def variables(tree: ast.AST) -> set[str]:
    """Return the names of local variables, parameters and private attributes of a file."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    bodies = [n for function in functions for n in ast.walk(function)]
    names = {n.id for n in bodies if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {n.attr for n in bodies if isinstance(n, ast.Attribute) and n.attr[0] == "_"}
    names |= {n.arg for n in bodies if isinstance(n, ast.arg)}
    return {name.strip("_") for name in names}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_variables_say_what_was_chosen_or_moved(path):
    """``medoids`` and ``shifts`` say what they hold; ``chosen`` and ``moved`` do not."""
    assert not OF_VARIABLES & variables(ast.parse(path.read_text(encoding="utf-8")))


def test_import_is_light():
    heavy = (
        "torch transformers sentence_transformers sklearn scipy openvino tokenizers "
        "huggingface_hub rich click matplotlib PIL"
    )
    script = (
        "import sys, protolabel; "
        f"loaded = set(sys.modules) & set({heavy!r}.split()); "
        "print(sorted(loaded))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_public_names():
    assert protolabel.__all__ == [
        "Answer",
        "Answers",
        "Change",
        "ClassInfo",
        "Document",
        "Encoder",
        "Evidence",
        "Example",
        "LabelSpace",
        "Plan",
        "ProtolabelError",
        "PrototypicalClassifier",
        "Settings",
        "SpaceInfo",
        "StoredExample",
        "View",
        "adapt",
        "evaluate",
        "load_encoder",
        "read_annotations",
        "read_dataset",
        "read_documents",
        "read_examples",
        "train",
        "write_report",
    ]
    assert all(getattr(protolabel, name).__doc__ for name in protolabel.__all__)
    assert set(protolabel.__all__) <= set(dir(protolabel))
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        protolabel.colour  # noqa: B018


def test_the_table_of_folders_names_every_folder_in_the_order_of_the_data():
    page = (SOURCE.parents[1] / "docs/architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+)/` \| [^|]+ \| [^|]*\|$", page, flags=re.MULTILINE)
    folders = [name for names in LAYERS for name in names if (SOURCE / name).is_dir()]
    assert named == folders


def test_tests_import_no_private_name_and_reach_stores_by_one_function():
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("protolabel"):
                names = [alias.name for alias in node.names]
                assert not [name for name in names if name.startswith("_")], (path, names)
            elif isinstance(node, ast.Attribute):
                assert node.attr not in ("_store", "_session", "_tables") or (
                    isinstance(node.value, ast.Name) and node.value.id == "self"
                ), f"{path}:{node.lineno}"

"""The shape of the code: imports one way, pure arithmetic, a light import, small files, nouns."""

from __future__ import annotations

import ast
import gc
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from banned_names import OF_THE_SOURCE, OF_VARIABLES, PARTICIPLES
from source_trees import imports, tree

import protolabel

SOURCE = Path(protolabel.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
TESTS = Path(__file__).parent
ROOT = TESTS.parent
BENCHMARKS = ROOT / "benchmarks"

# From the words that everything uses to the doors: a file imports from its own layer or above.
LAYERS = [line.split() for line in (protolabel.__doc__ or "").splitlines() if line[:4] == "    "]
ARITHMETIC = sorted((SOURCE / "arithmetic").glob("*.py"))
NO_IO = {"os", "io", "pathlib", "sqlite3", "json", "subprocess", "socket", "threading", "requests"}
IO_CALLS = {"open", "print", "input", "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "save",
            "savez", "savez_compressed", "savetxt", "tofile"}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def no_collections() -> Iterator[None]:
    """The trees of all files are a million objects: do not search them, and do not keep them."""
    gc.disable()
    yield
    for function in (tree, imports):
        function.cache_clear()
    gc.enable()


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def part(path: Path) -> str:
    inside = path.relative_to(SOURCE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def test_the_order_names_every_folder_and_every_file_of_the_root():
    parts = {part(path) for path in FILES} - {"__init__"}
    assert sorted(name for names in LAYERS for name in names) == sorted(parts)


def layer(name: str) -> int:
    return next(i for i, names in enumerate(LAYERS) if name in names)


def test_a_file_of_the_root_serves_several_folders():
    """By itself, or through other files of the root; what one folder alone uses lies in it."""
    folders = {part(path) for path in FILES if path.parent != SOURCE}
    users: dict[str, set[str]] = {}
    for path in FILES:
        for module in imports(path):
            _, _, name = module.partition("protolabel.")
            users.setdefault(name.split(".")[0], set()).add(part(path))
    roots = {part(path) for path in FILES if path.parent == SOURCE} - {"__init__", "__main__"}
    for name in roots:
        reached, waiting = {name}, [name]
        while waiting:
            others = users.get(waiting.pop(), set()) - reached
            reached |= others
            waiting += others & roots
        assert len(reached & folders) > 1, name


def test_imports_run_one_way():
    upward = [
        f"{name_of(path)} imports {name}"
        for path in FILES
        if part(path) != "__init__"
        for name in imports(path)
        if name.startswith("protolabel.") and name != "protolabel.__version__"
        if layer(name.split(".")[1]) > layer(part(path))
    ]
    assert upward == []


def imported_at_once(nodes: Iterable[ast.stmt]) -> Iterator[str]:
    """The modules that a module imports while it is imported itself."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from imported_at_once(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            parts = [node.body, *(getattr(node, name, []) for name in ("orelse", "finalbody"))]
            handlers = [handler.body for handler in getattr(node, "handlers", [])]
            yield from imported_at_once([one for part in (*parts, *handlers) for one in part])


def test_nothing_that_loads_an_encoder_takes_part_in_a_circle_of_imports():
    """It is imported by two threads at once: `begun_ahead` says why."""
    modules = {
        ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__"): (
            set(imported_at_once(tree(path).body))
        )
        for path in FILES
    }
    todo, graph = ["protolabel.encoders.text.encoder", "protolabel.encoders.load"], {}
    while todo:
        name = todo.pop()
        if name not in graph:
            graph[name] = (modules[name] & modules.keys()) - {name}
            todo.extend(graph[name])
    assert "protolabel.errors" in TopologicalSorter(graph).static_order()  # else a CycleError


def calls(path: Path) -> set[str]:
    """The last words of what a module calls: ``save`` of ``np.save(...)``."""
    nodes = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return {ast.unparse(node).rpartition(".")[2] for node in nodes}


def test_arithmetic_does_no_io():
    for path in ARITHMETIC:
        assert not {i.split(".")[0] for i in imports(path)} & NO_IO, name_of(path)
        assert not calls(path) & IO_CALLS, name_of(path)


@pytest.mark.parametrize(
    "name",
    ["episodic", "all_classes", "confusion", "forecast", "learning_curve", "plan", "of_vectors"],
)
def test_the_arithmetic_of_evaluation_does_no_io(name):
    path = SOURCE / "evaluation" / f"{name}.py"
    assert not {i.split(".")[0] for i in imports(path)} & (NO_IO | {"matplotlib"})
    assert not calls(path) & IO_CALLS


def test_torch_belongs_to_training():
    heavy = {"torch", "transformers", "peft", "tensorboard", "sentence_transformers"}
    for path in FILES:
        roots = {i.split(".")[0] for i in imports(path)}
        assert part(path) == "training" or not roots & heavy, path


def test_sqlite_belongs_to_the_store_and_to_the_files_of_the_cache_and_of_the_service():
    for path in FILES:
        if "sqlite3" in imports(path) and part(path) != "store":
            own = path.parent == SOURCE / "service/side"
            assert own or path == SOURCE / "encoders/cache_file.py", name_of(path)


def test_nothing_in_the_store_is_there_for_the_service_alone():
    """``service/side`` has what a service writes down. A label space knows none of it."""
    store = {f"protolabel.store.{path.stem}": path for path in (SOURCE / "store").glob("*.py")}
    todo = [name for path in FILES if part(path) not in ("store", "service")
            for name in imports(path)]  # fmt: skip
    todo.append("protolabel.store.__init__")
    of_label_spaces: set[str] = set()
    while todo:
        name = todo.pop()
        if name in store and name not in of_label_spaces:
            of_label_spaces.add(name)
            todo.extend(imports(store[name]))
    assert store.keys() - of_label_spaces == set()


def test_the_present_time_has_one_home():
    asking = [path.stem for path in FILES if "datetime.now(" in path.read_text(encoding="utf-8")]
    assert asking == ["time_stamps"]


def test_no_file_outside_of_label_space_reaches_into_a_label_space():
    """``session_of`` is the one door to what a label space holds open."""
    for path in SOURCE.rglob("*.py"):
        if path.parent.name not in ("label_space", "changes", "fits"):
            assert not re.search(r"(?<!self)\._session\b", path.read_text(encoding="utf-8")), path


def test_nothing_unsafe_is_imported():
    for path in FILES:
        roots = {i.split(".")[0] for i in imports(path)}
        assert not roots & {"pickle", "marshal", "shelve", "dill", "joblib"}, path
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])(eval|exec|compile|__import__)\(", text), path


@pytest.mark.parametrize(
    ("paths", "lines"),
    [(FILES, 300), (sorted(BENCHMARKS.rglob("*.py")), 300), (sorted(TESTS.rglob("*.py")), 400)],
    ids=["source", "benchmarks", "tests"],
)
def test_files_say_what_they_are_and_hold_one_idea(paths, lines):
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if text.strip():
            assert re.match(r'(#!.*\n)?r?""" ?\S', text), f"{name_of(path)} does not say what it is"
        assert len(text.splitlines()) <= lines, name_of(path)


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without those of its docstring."""
    first, docstring = function.body[0], ast.get_docstring(function)
    n = 0 if docstring is None else (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - n


def test_no_function_is_longer_than_a_screen():
    tables = {"src/protolabel/store/sqlite_rows.py: __init__"}  # names, one a line
    longer = {
        f"{name_of(path)}: {node.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and code_lines(node) > 60
    }
    assert longer == tables


PYTHON = sorted(p for folder in ("src", "benchmarks", "examples", "docs", "tests")
                for p in (ROOT / folder).rglob("*.py"))  # fmt: skip


def new_names(module: ast.AST) -> set[str]:
    """Return the names of variables, parameters, attributes, functions and classes of a file."""
    nodes = list(ast.walk(module))
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {
        n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
    }
    names |= {n.name for n in nodes if isinstance(n, definitions)}
    names |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    return {name.strip("_").lower() for name in names}


def test_variables_functions_and_classes_are_called_by_nouns():
    """``vectors`` says what it holds; ``found`` does not."""
    for path in PYTHON:
        words = OF_THE_SOURCE if path.is_relative_to(SOURCE) else PARTICIPLES
        assert not words & new_names(tree(path)), name_of(path)


def local_names(module: ast.AST) -> set[str]:
    """Return the names of local variables and parameters of a file."""
    functions = [
        n for n in ast.walk(module) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    bodies = [n for function in functions for n in ast.walk(function)]
    names = {n.id for n in bodies if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names | {n.arg for n in bodies if isinstance(n, ast.arg)}


def variables(module: ast.AST) -> set[str]:
    """Return the names of local variables, parameters and private attributes of a file."""
    attributes = {n.attr for n in ast.walk(module) if isinstance(n, ast.Attribute)}
    names = local_names(module) | {name for name in attributes if name[0] == "_"}
    return {name.strip("_") for name in names}


def test_variables_say_what_was_chosen_or_moved_and_what_is_now_or_was_then():
    """``medoids`` and ``shifts`` say what they hold; ``chosen`` and ``moved`` do not."""
    for path in FILES:
        assert not OF_VARIABLES & variables(tree(path)), path


def names_of_imports(module: ast.Module) -> set[str]:
    """Return the names by which a file knows modules, functions and classes of ours."""
    return {
        alias.asname or alias.name
        for node in module.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("protolabel")
        for alias in node.names
    }


def test_no_local_name_hides_what_the_file_imports_of_ours():
    """Else whoever moves a line by a line calls a list."""
    hidden = {name_of(path): names_of_imports(tree(path)) & local_names(tree(path))
              for path in FILES}  # fmt: skip
    assert {path: names for path, names in hidden.items() if names} == {}


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


def test_tests_import_and_use_no_private_name_and_reach_stores_by_one_function():
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("protolabel"):
                names = [alias.name for alias in node.names]
                assert not [name for name in names if name.startswith("_")], (path, names)
            elif isinstance(node, ast.Attribute):
                if path.name.startswith("test_"):
                    is_private = node.attr[0] == "_" and node.attr[:2] != "__"
                else:  # a helper is the one door to something private
                    is_private = node.attr in ("_store", "_session", "_tables")
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                is_own = owner == "self" or (owner, node.attr) == ("os", "_exit")
                assert is_own or not is_private, f"{path}:{node.lineno}"


def test_aliases_of_arrays_have_one_home_and_no_other_alias_has_their_names():
    home = SOURCE / "arrays.py"
    aliases = {
        target.id
        for node in ast.parse(home.read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert {"Floats", "Labels", "Keys", "Metric"} <= aliases
    for path in set(FILES) - {home}:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign):
                named = {one.id for one in node.targets if isinstance(one, ast.Name)}
                assert not named & aliases, f"{name_of(path)} defines {named & aliases} once more"


def test_no_benchmark_reaches_into_what_is_private():
    for path in sorted(BENCHMARKS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and re.match(
                r"_(?!_|replace|asdict|fields)", node.attr
            ):
                owner = getattr(node.value, "id", "")
                assert owner in ("self", "cls"), f"{name_of(path)}:{node.lineno} {node.attr}"

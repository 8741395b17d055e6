"""Documentation that cannot rot: generated pages are current, indexes are whole, the demo runs."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from calls import functions_of, may_call

import protolabel
from docs.generate import documented_packages, imports_of
from protolabel import errors
from protolabel.cli import cli
from protolabel.store.schema import FORMAT

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/protolabel"


def test_the_command_reference_is_current():
    done = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_command_and_option_has_help():
    for name, command in cli.commands.items():
        assert command.help, name
        for option in command.params:
            if option.param_type_name == "option" and option.name != "help":
                assert getattr(option, "help", ""), f"{name} {option.name}"


def test_every_public_name_has_a_sentence_that_needs_no_site():
    tables = re.findall(
        r"^\| `(\w+).*` \| (.+) \|$", (ROOT / "docs/api.md").read_text("utf-8"), re.M
    )
    sentences = dict(reversed(tables))
    packages = documented_packages()
    assert {"protolabel.training", "protolabel.label_space.changes"} <= set(packages)
    public = [n for p in packages for n in import_module(p).__all__]
    for name in [*protolabel.__all__, *public]:
        assert sentences[name].endswith((".", "?")), name
    assert "label_many" in sentences


def test_every_name_that_a_page_imports_is_on_the_page_of_public_names():
    page = (ROOT / "docs/api.md").read_text("utf-8")
    public = set(re.findall(r"^\| `(\w+)[(`]", page, re.M))
    assert not [name for name in public if name.startswith("_")]
    texts = [p.read_text("utf-8") for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]]
    names = set[str]()
    for text in texts:
        for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
            for node in ast.walk(ast.parse(block)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                    "protolabel"
                ):
                    names |= {alias.name for alias in node.names}
    assert {"discover", "accept", "watch", "label_partition", "quiet_ray"} <= names
    assert not names - public


def test_a_page_that_imports_from_a_module_without_public_names_is_an_error():
    block = "```python\nfrom protolabel.label_space.view import View\n```\n"
    assert imports_of([block]) == {"protolabel.label_space.view"}
    with pytest.raises(ValueError, match=r"protolabel\.label_space\.view, which has no __all__"):
        documented_packages([block])


def test_what_the_pages_call_on_the_parts_of_a_label_space_is_on_that_page():
    path = ROOT / "docs/api.md"
    page, pages = path.read_text("utf-8"), [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    texts = [p.read_text("utf-8") for p in pages if p != path]
    calls = {c for t in texts for c in re.findall(r"\.(answer_log|inbox|preview)\.(\w+)\(", t)}
    assert ("answer_log", "suggestions") in calls
    for part, method in calls:
        table = page.split(f"| method of `LabelSpace.{part}` |")[1].split("\n\n")[0]
        assert f"| `{method}(" in table, (part, method)


def test_every_error_stands_in_the_tree():
    tree = re.findall(r"\w+Error", errors.__doc__ or "")
    assert sorted(tree) == sorted(name for name in dir(errors) if name.endswith("Error"))


def test_every_make_target_in_the_readme_exists():
    rules = (ROOT / "Makefile").read_text() + (ROOT / "benchmarks/targets.mk").read_text()
    targets = re.findall(r"`make ([a-z-]+)`", (ROOT / "README.md").read_text())
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", rules, re.MULTILINE), target


def test_every_decision_says_what_was_chosen_over_what_why_and_at_what_cost():
    pages = sorted((ROOT / "docs/decisions").glob("0*.md"))
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers) > 0, "two decisions share a number"
    gaps = sorted({*range(1, max(numbers))} - {*numbers})
    assert gaps == [int(n) for n in re.findall(r"number (\d+) was never used", index)]
    for number, page in zip(numbers, pages, strict=True):
        text = page.read_text(encoding="utf-8")
        assert re.match(r"\d{4}-[a-z0-9-]+\.md", page.name)
        assert text.startswith(f"# {number}. "), page.name
        assert len(text.splitlines()) <= 80, page.name
        for part in ("Chosen", "Over", "Why", "Cost"):
            assert f"**{part}.**" in text, f"{page.name} lacks {part}"
        assert f"({page.name})" in index, page.name


def steps_of_the_walks() -> list[tuple[int, str, str]]:
    """The depth, the file and the function of each step in the walks of architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    walks = text.split("## Walks through the code")[1].split("### Where a call comes back")[0]
    steps = re.findall(r"^( *)\d+\. `([\w/]+\.py)` `([\w.]+)`", walks, re.MULTILINE)
    assert len(steps) == len(re.findall(r"^ *\d+\. ", walks, re.MULTILINE)) > 60
    return [(len(indentation), file, function) for indentation, file, function in steps]


def test_each_step_of_a_walk_calls_the_next_and_none_goes_against_the_order_of_folders():
    order = [
        name
        for line in (protolabel.__doc__ or "").splitlines()
        if line.startswith("    ")
        for name in line.split()
    ]
    place = {name: number for number, name in enumerate(order)}
    callers: list[tuple[int, str, str]] = []  # outermost first
    for depth, file, function in steps_of_the_walks():
        assert function in functions_of(SOURCE / file), f"{file} {function}"
        callers = [caller for caller in callers if caller[0] < depth]
        if callers:
            _, above, caller = callers[-1]
            assert may_call(SOURCE / above, caller, function), (
                f"{above} {caller} does not call {file} {function}"
            )
            folders = [name.split("/")[0].removesuffix(".py") for name in (file, above)]
            assert place[folders[0]] <= place[folders[1]], f"{file} {function} climbs"
        callers.append((depth, file, function))


def test_every_experiment_has_four_parts_and_stands_in_the_index():
    index = (ROOT / "docs/experiments.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs/experiments").glob("*.md")):
        for entry in page.read_text(encoding="utf-8").split("\n## ")[1:]:
            title = entry.splitlines()[0]
            for part in ("**Question.** ", "**Set-up.** ", "\n|", "**Decision.** "):
                assert part in entry, f"{page.name}: {title} lacks {part!r}"
            assert re.search(r"\*(Taken|Not taken|Open)\*", entry), title
            slug = re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-")
            assert f"(experiments/{page.name}#{slug})" in index, title


def test_results_name_their_command_and_machine():
    pages = sorted((ROOT / "docs/results").glob("[a-z]*.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.search(r"`make bench-[a-z-]+`.*cores of", text), page
        record = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        parts = [f"`{record['command']}`", record["date"], record["machine"]]
        if record["seconds"] is not None:  # "each run's time in the table", where there was none
            parts.append(f"{record['seconds']} s in all")
        assert text.rstrip().splitlines()[-1] == f"{', '.join(parts)}.", page


KIND_OF_INTERVAL = re.compile(
    r"95 % interval|95 %: mean ±|±[^.|]* 95 %|± s over|± is |±[^.|]* defined in the \[index\]"
)


def test_what_stands_behind_a_plus_minus_is_said_in_its_section_or_at_the_top_of_its_page():
    """``61.8 ± 0.8`` may be an interval of several kinds, or how far the draws spread."""
    readme = ROOT / "README.md"
    n_sections = 0
    for page in [readme, *sorted((ROOT / "docs").rglob("*.md"))]:
        top, *sections = re.split("^(?=## )", page.read_text(encoding="utf-8"), flags=re.M)
        for section in (top, *sections):
            words = " ".join(f"{top}\n{section}".split())
            if "±" in section:
                n_sections += 1
                where = f"{page.relative_to(ROOT)}: {section.splitlines()[0]}"
                assert KIND_OF_INTERVAL.search(words), where
    assert n_sections > 50
    index = (ROOT / "docs/experiments.md").read_text(encoding="utf-8")
    assert "± is 1.96 s / √n over draws" in index  # to which the pages of experiments refer


def test_every_result_and_every_target_stands_in_the_index():
    index = (ROOT / "docs/results/README.md").read_text(encoding="utf-8")
    pages = sorted((ROOT / "docs/results").glob("[a-z]*.md"))
    assert pages
    for page in pages:
        assert f"]({page.name})" in index, page.name
    targets = re.findall(r"^(bench-[a-z-]+):", (ROOT / "benchmarks/targets.mk").read_text(), re.M)
    assert targets
    for target in targets:
        assert f"`make {target}`" in index, target


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130


def test_the_demo_runs():
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples/demo.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())  # lines are as wide as the terminal
    assert "prototypes of other classes that moved: 0 of 12" in words
    assert "Try next" in done.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_demo_sets_up_no_more_than_it_needs_and_says_how_much(tmp_path: Path) -> None:
    for name in ("Makefile", "benchmarks", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    plan = subprocess.run(
        ["make", "--no-print-directory", "-n", "demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(r"for the demo, about \d+ MB", plan.splitlines()[0])
    assert "dev" not in plan
    assert plan.rstrip().endswith("examples/demo.py")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".ready").touch()  # an environment for development is enough
    plan = subprocess.run(
        ["make", "--no-print-directory", "-n", "demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "pip install" not in plan


def test_the_changelog_is_short_and_has_a_line_for_each_entry():
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 200
    kinds = re.findall(r"^### (.+)$", "\n".join(lines), re.M)
    assert set(kinds) <= {"Added", "Changed", "Fixed", "Removed"}
    entries = lines[lines.index("## Unreleased") :]
    assert [one for one in entries if one and not re.match(r"- |\*\*|##", one)] == []


def test_the_pages_agree_on_the_version_and_nothing_has_a_date_before_its_release():
    changelog, citation, readme = (
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("CHANGELOG.md", "CITATION.cff", "README.md")
    )
    version = protolabel.__version__
    assert f"\nversion: {version}\n" in citation
    newest, *_ = re.findall(r"^## (.+)$", changelog, re.M)
    date = re.findall(r'^date-released: "(.+)"$', citation, re.M)
    sentence = f"Version {version} is not on the package index yet"
    is_announced = [sentence in " ".join(page.split()) for page in (changelog, readme)]
    if newest == "Unreleased":
        assert (date, is_announced) == ([], [True, True])
    else:
        assert (date, is_announced) == ([newest.removeprefix(f"{version} - ")], [False, False])


def test_the_speed_that_the_readme_names_is_that_of_the_measurement():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    measured = (ROOT / "docs/results/speed.md").read_text(encoding="utf-8").split("\n## ")[1]

    def speeds(library: str) -> list[float]:
        """Documents a second, and how many times as fast as torch that is."""
        row = next(line for line in measured.splitlines() if line.startswith(f"| {library} |"))
        return [float(one) for one in re.findall(r"[\d.]+", row.split("|")[3])]

    with_evidence = re.search(r"bf16, with evidence: [\d,.]+, ([\d.]+),", measured)
    (own, times), evidence = speeds("protolabel, bf16"), float(with_evidence[1])
    torch, openvino = (speeds(f"sentence-transformers, {e}")[0] for e in ("torch", "OpenVINO"))
    ratios = [evidence / torch, times, evidence / openvino, own / openvino]
    named = re.search(
        r"([\d.]+) times as fast .*? ([\d.]+) times without .*? it is ([\d.]+) and\s([\d.]+) times",
        readme,
        re.S,
    )
    assert [float(one) for one in named.groups()] == pytest.approx(ratios, abs=0.06)


def test_the_page_about_living_label_spaces_lists_the_commands_that_have_a_preview():
    page = (ROOT / "docs/living-labels.md").read_text(encoding="utf-8")
    sentence = re.search(r"Add `--preview` to any of these commands: (.*?)\. ", page, re.S)
    listed = set(re.findall(r"`([a-z]+)", sentence[1]))
    with_preview = {
        name
        for name, command in cli.commands.items()
        if any("--preview" in option.opts for option in command.params)
    }
    assert listed == with_preview - {"label"}  # of files that are sorted, not of a change


def test_the_pages_name_the_format_of_files_that_are_written():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"The file format is (\d+)\.", changelog) == [str(FORMAT)]
    page = (ROOT / "docs/label-space-format.md").read_text("utf-8")
    assert re.findall(r"describes format (\d+)|has been through: (\d+) ", page) == [
        (str(FORMAT), ""), ("", str(FORMAT))
    ]  # fmt: skip


def test_the_page_about_the_desk_shows_every_picture():
    page = (ROOT / "docs/desk.md").read_text(encoding="utf-8")
    pictures = {path.name for path in (ROOT / "docs/images/desk").iterdir()}
    assert set(re.findall(r"\(images/desk/([\w-]+\.webp)\)", page)) == pictures

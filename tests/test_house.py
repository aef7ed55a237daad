"""The house rules: who may import whom, what a rule file may hold, and that everything a user can do is documented."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loramake.recipe import reference
from loramake.stage import STAGES

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src/loramake"

# From the ground up; a module may import from lower floors, and from its own without a circle. No stage imports another
# one.
FLOORS = [
    ["errors", "files"],
    ["recipe"],
    [
        "records",
        "cache",
        "globs",
        "places",
        "repositories",
        "contents",
        "stage",
        "slices",
        "plan",
        "lock",
        "terminal",
        "store",
        "results",
        "why",
        "summary",
    ],
    ["readers", "fetching", "cleaning", "chunking", "teachers", "training", "exporting", "reporting"],
    ["cli"],
    ["stages"],
]
HEAVY = [
    "torch",
    "transformers",
    "datasets",
    "pandas",
    "numpy",
    "pdfplumber",
    "docx",
    "lxml",
    "bs4",
    "openai",
    "anthropic",
    "llama_cpp",
    "snakemake",
]


def modules() -> dict[str, Path]:
    names = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports(path: Path) -> set[str]:
    """The modules of ours that a file imports, anywhere in it."""
    known, found = modules(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in known else node.module for a in node.names
            }
    return {name for name in found if name in known}


def floor(module: str) -> int:
    part = module.split(".")[1] if "." in module else ""
    return next((number for number, names in enumerate(FLOORS) if part in names), -1)


def test_every_module_has_a_floor():
    assert [name for name in modules() if floor(name) < 0] == ["loramake"]


@pytest.mark.parametrize("module", [name for name in modules() if name != "loramake"])
def test_imports_only_go_down(module: str):
    part = module.split(".")[1]
    for other in imports(modules()[module]):
        if other == "loramake" or part == other.split(".")[1]:
            assert part != "stages" or other in (module, "loramake"), f"{module} imports {other}"
        elif part in FLOORS[3]:
            assert floor(other) < floor(module), f"{module} imports {other}"
        elif not (part == "stages" and other == "loramake.store"):
            assert floor(other) <= floor(module), f"{module} imports {other}"


def test_imports_have_no_circles():
    graph = {name: imports(path) - {name} for name, path in modules().items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' -> '.join([*trail, name])}"
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_the_command_line_imports_nothing_heavy():
    code = "import sys, loramake.cli, loramake.results, loramake.why; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(HEAVY) & set(loaded) == set()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_one_word_everywhere(stage: str):
    assert (SOURCE / f"stages/{stage}.py").is_file()
    assert f"def {stage}(" in (SOURCE / f"stages/{stage}.py").read_text()
    assert f"rule {stage}:" in (ROOT / f"rules/{stage}.smk").read_text()
    assert (ROOT / f"tests/test_{stage}.py").is_file()


@pytest.mark.parametrize("path", sorted((ROOT / "rules").iterdir()), ids=lambda path: path.name)
def test_a_rule_file_is_a_graph_and_nothing_else(path: Path):
    text = path.read_text()
    assert not re.search(r"^\s*(run|script|def|import|from)\b|lambda|config\[", text, re.MULTILINE)
    assert len(text.splitlines()) <= 60


def test_no_module_is_an_attic():
    assert not [name for name in modules() if re.search(r"utils|helpers|common|misc|base$", name)]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_can_be_read_in_one_sitting(path: Path):
    longest = 450 if path.name == "model.py" else 330
    assert len(path.read_text().splitlines()) <= longest


def test_generated_files_are_in_step():
    assert (ROOT / reference.SCHEMA).read_text() == reference.schema(), "run 'make generate'"
    assert (ROOT / reference.REFERENCE).read_text() == reference.reference(), "run 'make generate'"


@pytest.mark.parametrize(
    "word",
    [
        "check",
        "plan",
        "show",
        "results",
        "loramake fetch",
        "LORAMAKE_ALLOW",
        "make demo",
        "make test",
        "--profile slurm",
    ],
)
def test_what_a_user_can_do_is_in_the_documentation(word: str):
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert any(word in page.read_text() for page in pages)

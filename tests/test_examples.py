"""The examples: made by scripts that give the same bytes again, and fit for what the quickstart shows with them."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import jinja2
import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
HANDBOOK = EXAMPLES / "handbook"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def export(name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((EXAMPLES / "tickets" / name).read_text(encoding="utf-8"))["tickets"]
    return rows


def text(row: dict[str, str]) -> str:
    return f"{row['summary']}\n{row['description']}"


def phrases(bank: dict[str, Any]) -> set[str]:
    groups = [*bank["categories"].values(), *bank["priorities"].values()]
    return {part for group in groups for lines in group.values() for line in lines for part in line.split(" | ")}


def git(*arguments: str) -> str:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return subprocess.run(["git", *arguments], capture_output=True, check=True, encoding="utf-8").stdout


@pytest.fixture(scope="module")
def tickets() -> ModuleType:
    return script("make_tickets")


@pytest.fixture
def history(tmp_path: Path) -> Path:
    git("clone", "--quiet", "--bare", str(EXAMPLES / "history.bundle"), str(tmp_path / "history"))
    return tmp_path / "history"


@pytest.mark.parametrize(
    ("name", "home", "files"),
    [
        ("make_handbook", "handbook", 6),
        ("make_tickets", "tickets", 2),
        ("make_history", ".", 1),
    ],
)
def test_a_script_gives_the_committed_bytes_again(name: str, home: str, files: int, tmp_path: Path) -> None:
    if name == "make_handbook":
        others = {library: made for library, made in script(name).MADE_WITH.items() if version(library) != made}
        if others:
            pytest.skip(f"the committed files were made with {others}")
    if name == "make_history":
        git("--version")
    subprocess.run([sys.executable, EXAMPLES / f"{name}.py", "--into", tmp_path], check=True)
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) == files
    assert [path for path in made if (tmp_path / path).read_bytes() != (EXAMPLES / home / path).read_bytes()] == []


def test_the_handbook_has_every_format() -> None:
    formats = [path.suffix for path in HANDBOOK.rglob("*") if path.is_file()]
    assert {suffix: formats.count(suffix) for suffix in set(formats)} == {".md": 14, ".html": 4, ".pdf": 3, ".docx": 3}


@pytest.mark.parametrize("folder", ["handbook", "make"])
def test_a_page_is_neither_a_note_nor_a_book(folder: str) -> None:
    pages = [path for path in (EXAMPLES / folder).rglob("*") if path.suffix in (".md", ".html")]
    words = {path.name: len(re.sub(r"<[^>]*>", " ", path.read_text(encoding="utf-8")).split()) for path in pages}
    assert {name: count for name, count in words.items() if not 250 <= count <= 900} == {}


@pytest.mark.parametrize("path", sorted(HANDBOOK.rglob("*.pdf")), ids=lambda path: path.stem)
def test_a_pdf_repeats_its_head_and_foot(path: Path) -> None:
    with pypdfium2.PdfDocument(path) as booklet:
        texts = [page.get_textpage().get_text_bounded() for page in booklet]
    assert len(texts) >= 3
    for number, page in enumerate(texts, 1):
        assert "Larkmoor Instruments" in page
        assert f"Page {number}" in page


@pytest.mark.parametrize("path", sorted(HANDBOOK.rglob("*.docx")), ids=lambda path: path.stem)
def test_a_word_file_has_a_table_between_paragraphs(path: Path) -> None:
    document = docx.Document(str(path))
    kinds = [type(block).__name__ for block in document.iter_inner_content()]
    assert kinds[0] == kinds[-1] == "Paragraph"
    assert "Table" in kinds
    assert document.core_properties.author


@pytest.mark.parametrize(("name", "count"), [("tickets.json", 900), ("unseen.json", 120)])
def test_an_export_has_its_size_and_known_labels(tickets: ModuleType, name: str, count: int) -> None:
    rows = export(name)
    assert len(rows) == len({row["key"] for row in rows}) == count
    assert {row["category"] for row in rows} == set(tickets.CATEGORIES)
    assert {row["priority"] for row in rows} == set(tickets.PRIORITIES)
    assert [row["created"] for row in rows] == sorted(row["created"] for row in rows)


def test_both_exports_know_the_same_classes(tickets: ModuleType) -> None:
    seen, unseen = tickets.PHRASES["seen"], tickets.PHRASES["unseen"]
    assert unseen["categories"].keys() == seen["categories"].keys() == tickets.PHRASES["products"].keys()
    assert unseen["priorities"].keys() == seen["priorities"].keys()


@pytest.mark.parametrize("name", ["tickets.json", "unseen.json"])
def test_no_text_prints_a_label(tickets: ModuleType, name: str) -> None:
    labels = {*tickets.CATEGORIES, *tickets.PRIORITIES}
    assert [row["key"] for row in export(name) if labels & set(re.findall(r"\w+", text(row).lower()))] == []


def test_a_ticket_is_a_combination_of_its_own(tickets: ModuleType) -> None:
    bank = tickets.PHRASES["seen"]
    troubles = [line.split(" | ")[1] for group in bank["categories"].values() for line in group["troubles"]]
    losses = [line for group in bank["priorities"].values() for line in group["losses"]]
    texts = {text(row) for row in export("tickets.json") if row["description"]}
    pairs = {tuple(phrase for phrase in (*troubles, *losses) if phrase in each) for each in texts}
    assert len(pairs) == len(texts) == 890
    assert {len(pair) for pair in pairs} == {2}


def test_the_cleaning_has_something_to_find() -> None:
    rows = export("tickets.json")
    texts = [text(row) for row in rows]
    assert len(texts) - len(set(texts)) == 8
    assert [row["summary"] for row in rows if not row["description"]] == ["test", "Hi"]
    for mark in ("<p>", "&nbsp;", "  ", "@example.com", "+44 "):
        assert sum(mark in each for each in texts) > 20


def test_the_unseen_tickets_share_no_phrase(tickets: ModuleType) -> None:
    seen, unseen = phrases(tickets.PHRASES["seen"]), phrases(tickets.PHRASES["unseen"])
    texts = "\n".join(text(row) for row in export("unseen.json"))
    filled = [
        line.replace("{product}", name) for line in seen for name in ("Sedge", "Thistle", "Rill", "Alder", "Cairn")
    ]
    assert seen & unseen == set()
    assert [line for line in filled if line in texts] == []


def test_a_student_is_asked_about_the_text() -> None:
    template = (ROOT / "recipes" / "prompts" / "triage.md").read_text(encoding="utf-8")
    asked = jinja2.Template(template).render(text="The lid gapes.")
    assert asked.startswith("Which category and priority ")
    assert asked.endswith("\n\nThe lid gapes.")


def test_the_bundle_is_whole(history: Path) -> None:
    git("-C", str(history), "bundle", "verify", "--quiet", str(EXAMPLES / "history.bundle"))
    assert git("-C", str(history), "rev-list", "--count", "main").strip() == "26"
    assert git("-C", str(history), "rev-list", "--count", "--merges", "main").strip() == "1"
    assert len(set(git("-C", str(history), "log", "--format=%an", "main").split("\n")) - {""}) == 2
    assert "Add a command line (#12)\n" in git("-C", str(history), "log", "--format=%s", "main")


def test_every_commit_says_why(history: Path) -> None:
    bodies = git("-C", str(history), "log", "--format=%b%x00", "main").split("\0")[:-1]
    assert [body for body in bodies if len(body.strip().splitlines()) < 3] == []


def test_a_piece_that_is_not_there_cannot_be_replaced() -> None:
    commit = {"swap": {"a.py": [{"old": "two", "new": "three"}]}}
    with pytest.raises(ValueError, match=r"a\.py: stands there 0 times"):
        script("make_history").changed({"a.py": "one\n"}, commit)


def pydocs(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / "pydocs.py"), *map(str, arguments)]
    return subprocess.run(command, env={"PATH": ""}, capture_output=True, encoding="utf-8", check=False)


def test_pydocs_says_what_is_missing(tmp_path: Path) -> None:
    ended = pydocs("--into", tmp_path / "docs")
    assert ended.returncode == 1
    assert ended.stderr.startswith("there is no program apt-get\n")
    assert len(ended.stderr.splitlines()) == 3
    assert not (tmp_path / "docs").exists()


def test_pydocs_asks_for_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / ".package").write_text("python3.11-doc\n")
    (tmp_path / "index.html").write_text("<p>Hello</p>")
    ended = pydocs("--into", tmp_path)
    assert ended.returncode == 0
    assert "1 pages of python3.11-doc are there already" in ended.stdout


def test_pydocs_overwrites_no_other_folder(tmp_path: Path) -> None:
    ended = pydocs("--into", tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("the folder does not hold python3.11-doc\n")


def test_pydocs_takes_each_page_worth_reading_once(tmp_path: Path) -> None:
    html = tmp_path / "tree" / "usr" / "share" / "doc" / "python" / "html"
    for name in ("index.html", "library/os.html", "genindex-A.html", "search.html", "_static/x.html", "os.css"):
        (html / name).parent.mkdir(parents=True, exist_ok=True)
        (html / name).write_text(name)
    (tmp_path / "tree" / "usr" / "again").symlink_to(html)
    assert script("pydocs").copy_pages(tmp_path / "tree", tmp_path / "into") == 2
    assert (tmp_path / "into" / "library" / "os.html").read_text() == "library/os.html"

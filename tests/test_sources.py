import gzip
import hashlib
import json
import logging
import os
import re
import subprocess

import pytest
from reportlab.pdfgen.canvas import Canvas

from loramake.errors import DataError, SourceError
from loramake.files import digest, sha256_file, write_json
from loramake.recipe.source import ReadingLimit, Source, Sources
from loramake.records import Document
from loramake.stages.sources import sources
from zoo.packing import packed

FILES = Source(files=["docs/*"])


class Project:
    """A folder with files, and the stage that reads them."""

    def __init__(self, folder):
        self.folder, self.build = folder, folder / "build"

    def write(self, path, content):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def plan(self, name, source, *paths, rows=None):
        """The listing that a plan makes of a source, and its part of the spec."""
        if rows is None:
            rows = [{"path": path, "sha256": sha256_file(self.folder / path)} for path in sorted(paths)]
        write_json(self.build / "contents" / f"{digest(rows)}.json", rows)
        return Sources(read={name: source}, contents={name: digest(rows)})

    def run(self, *plans, threads=1):
        spec = Sources(
            read={name: source for plan in plans for name, source in plan.read.items()},
            contents={name: key for plan in plans for name, key in plan.contents.items()},
        )
        outputs = {name: self.build / f"{name}.jsonl" for name in ("documents", "dropped")}
        caches = {name: self.build / name for name in ("contents", "parsed", "places")}
        return sources(spec, **caches, **outputs, threads=threads)

    def read(self, *paths, source=FILES, threads=1):
        return self.run(self.plan("handbook", source, *paths), threads=threads)

    def rows(self, name):
        return [json.loads(line) for line in (self.build / f"{name}.jsonl").read_text().splitlines()]

    @property
    def parsed(self):
        return sorted(self.build.glob("parsed/*/*.jsonl"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def pages(project):
    """Eight pages, which are more than a handful."""
    return [project.write(f"docs/{letter}.md", f"# Page {letter}\n\nWords.\n") for letter in "abcdefgh"]


def test_a_file_becomes_a_document_with_its_lineage(project):
    source = Source(files=["docs/*"], licence="CC-BY-4.0", consent="our own")
    counts = project.read(project.write("docs/a.md", "---\nauthor: Ada\ntags: [x]\n---\n# Tides\n"), source=source)
    (row,) = project.rows("documents")
    assert row == {
        "id": Document.identify("handbook", "docs/a.md", "", "# Tides\n"),
        "text": "# Tides\n",
        "source": "handbook",
        "path": "docs/a.md",
        "sha256": sha256_file(project.folder / "docs/a.md"),
        "reader": row["reader"],
        "part": "",
        "offset": None,
        "page": None,
        "section": "Tides",
        "author": "Ada",
        "date": None,
        "language": None,
        "licence": "CC-BY-4.0",
        "consent": "our own",
        "meta": {"tags": ["x"]},
    }
    assert row["reader"].startswith("markdown")
    assert (counts.unit, counts.given, counts.passed, counts.made) == ("files", 1, 1, {"documents": 1})


def test_sources_come_in_the_order_of_the_recipe_and_files_in_that_of_their_paths(project, pages):
    project.run(project.plan("z", FILES, *pages[:2]), project.plan("a", FILES, *pages[1:3]))
    assert [(row["source"], row["path"]) for row in project.rows("documents")] == [
        ("z", "docs/a.md"),
        ("z", "docs/b.md"),
        ("a", "docs/b.md"),
        ("a", "docs/c.md"),
    ]


@pytest.mark.parametrize(("stated", "language"), [(None, "fr"), ("de", "de")])
def test_the_recipe_knows_best_what_language_its_documents_are_in(project, stated, language):
    path = project.write("docs/a.html", "<html lang=fr><p>mots")
    project.read(path, source=Source(files=["docs/*"], language=stated))
    assert project.rows("documents")[0]["language"] == language


def pdf(project, path, **options):
    canvas = Canvas(str(project.folder / "made.pdf"), invariant=1, **options)
    for line in range(20):
        canvas.drawString(72, 700 - 15 * line, "The tide comes twice a day.")
    canvas.save()
    return project.write(path, (project.folder / "made.pdf").read_bytes())


def test_each_broken_file_is_dropped_with_its_reason(project):
    paths = [
        project.write("docs/a.md", "words"),
        project.write("docs/cut.pdf", (project.folder / pdf(project, "whole.pdf")).read_bytes()[:900]),
        project.write("docs/html.pdf", "<html>no pdf</html>"),
        project.write("docs/empty.txt", b""),
        pdf(project, "docs/locked.pdf", encrypt="secret"),
        project.write("docs/broken.docx", b"PK\3\4 cut off"),
        project.write("docs/zeros.txt", b"MZ\0\0\1\2"),
        project.write("docs/blank.html", "<html><body> </body></html>"),
        project.write("docs/tickets.json", "[]"),
        project.write("docs/film.mp4", "x"),
    ]
    counts = project.read(*paths)
    rows = {row["path"].removeprefix("docs/"): row for row in project.rows("dropped")}
    assert {path: row["reason"].split(":")[0] for path, row in rows.items()} == {
        "cut.pdf": "damaged",
        "html.pdf": "not_a_pdf",
        "empty.txt": "empty",
        "locked.pdf": "encrypted",
        "broken.docx": "not_a_docx",
        "zeros.txt": "binary",
        "blank.html": "no_text",
        "tickets.json": "unknown_format",
        "film.mp4": "unknown_format",
    }
    assert rows["tickets.json"]["reason"] == "unknown_format: .json; use records:"
    assert set(rows["film.mp4"]) == {"source", "path", "part", "sha256", "reason"}
    assert (counts.given, counts.passed, counts.dropped["unknown_format"]) == (10, 1, 2)


def test_no_lone_surrogate_and_no_carriage_return_comes_out(project):
    source = Source(records=["*"], text=["t"])
    project.read(project.write("a.jsonl", '{"t": "a\\r\\nb \\ud800", "m\\r": "\\udfff"}\n'), source=source)
    (row,) = project.rows("documents")
    assert (row["text"], row["meta"]) == ("a\nb \ufffd", {"m\n": "\ufffd"})


def test_refused_records_are_named_and_the_others_pass(project):
    source = Source(records=["*"], text=["t"], id="key")
    good, other = '{"t": "words", "key": "A-1"}', '{"t": "more", "key": "A-2"}'
    some = project.write("some.jsonl", f'{good}\n{{"t": \n{other}\n{{"key": "A-3"}}\n')
    none = project.write("none.jsonl", '{"key": "A-4"}\n')
    counts = project.read(some, none, source=source)
    assert [row["part"] for row in project.rows("documents")] == ["A-1", "A-2"]
    assert [(row["path"], row["part"], row["reason"].split(":")[0]) for row in project.rows("dropped")] == [
        ("none.jsonl", "1", "no_text"),
        ("none.jsonl", "", "no_records"),
        ("some.jsonl", "2", "bad_json"),
        ("some.jsonl", "4", "no_text"),
    ]
    assert (counts.given, counts.passed, counts.dropped) == (2, 1, {"no_records": 1})
    assert counts.made == {"documents": 2}
    assert counts.detail == {"records_refused": {"bad_json": 1, "no_text": 2}}


def test_a_build_again_parses_nothing_and_gives_the_same_bytes(project, pages, caplog):
    caplog.set_level(logging.INFO)
    first, before = project.read(*pages), (project.build / "documents.jsonl").read_bytes()
    times = [path.stat().st_mtime_ns for path in project.parsed]
    assert project.read(*pages) == first
    assert (project.build / "documents.jsonl").read_bytes() == before
    assert [path.stat().st_mtime_ns for path in project.parsed] == times
    assert "parsed 8 of 8 files" in caplog.text
    assert "parsed 0 of 8 files, the others were in the cache" in caplog.text


def test_a_renamed_or_copied_file_is_not_parsed_again(project, pages):
    project.read(*pages)
    before = project.parsed
    (project.folder / "docs/a.md").rename(project.folder / "docs/z.markdown")
    copy = project.write("docs/copy.md", (project.folder / "docs/b.md").read_bytes())
    project.read(*pages[1:], "docs/z.markdown", copy)
    assert project.parsed == before
    assert [row["path"] for row in project.rows("documents")][-1] == "docs/z.markdown"


def test_one_new_file_is_parsed_alone(project, pages):
    project.read(*pages)
    before = project.parsed
    project.read(*pages, project.write("docs/new.md", "new words"))
    assert len(project.parsed) == len(before) + 1


def test_a_refusal_is_kept_too(project):
    paths = [project.write("docs/a.md", "words"), project.write("docs/b.txt", b"")]
    project.read(*paths)
    assert len(project.parsed) == 2
    assert project.read(*paths).dropped == {"empty": 1}


@pytest.mark.parametrize(
    ("change", "new"), [({"licence": "MIT"}, 0), ({"language": "en"}, 0), ({"on_error": "fail"}, 0), ({"id": "k"}, 1)]
)
def test_only_a_key_that_decides_the_text_parses_again(project, change, new):
    source = Source(records=["*"], text=["t"])
    path = project.write("a.jsonl", '{"t": "words", "k": "A-1"}\n')
    project.read(path, source=source)
    project.read(path, source=source.model_copy(update=change))
    assert len(project.parsed) == 1 + new


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("cached", [False, True])
def test_a_file_that_changed_since_the_plan_stops_the_build(project, pages, threads, cached):
    plan = project.plan("handbook", FILES, *pages)
    if cached:
        project.run(plan)
    project.write(pages[5], "other words")
    with pytest.raises(DataError) as raised:
        project.run(plan, threads=threads)
    assert (raised.value.what, raised.value.where) == ("changed since the build was planned", pages[5])


@pytest.mark.parametrize("path", ["docs/film.mp4", "docs/copy.md"])
def test_so_does_one_that_needs_no_parsing(project, path):
    paths = [project.write(name, "words") for name in ("docs/a.md", path)]
    plan = project.plan("handbook", FILES, *paths)
    project.write(path, "other words")
    with pytest.raises(DataError, match="changed since"):
        project.run(plan)


def test_on_error_fail_stops_the_build(project):
    paths = [project.write("docs/a.md", "words"), project.write("docs/b.txt", b"")]
    with pytest.raises(SourceError) as raised:
        project.read(*paths, source=Source(files=["docs/*"], on_error="fail"))
    assert (raised.value.reason, raised.value.where) == ("empty", "docs/b.txt")
    assert not (project.build / "documents.jsonl").exists()


def test_on_error_fail_holds_for_records(project):
    source = Source(records=["*"], text=["t"], on_error="fail")
    with pytest.raises(SourceError, match=r"a\.jsonl: 2"):
        project.read(project.write("a.jsonl", '{"t": "words"}\n{}\n'), source=source)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no document came out of 0 files"),
        ({"a.txt": b"", "b.txt": b"", "c.md": b"  "}, "dropped: empty 2, no_text 1"),
    ],
)
def test_when_nothing_comes_out_the_reasons_are_named(project, files, message):
    with pytest.raises(DataError, match=message):
        project.read(*(project.write(f"docs/{name}", content) for name, content in files.items()))


def test_threads_change_nothing(project, pages):
    paths = [*pages, project.write("docs/x.txt", b""), pdf(project, "docs/y.pdf")]
    results = []
    for threads in (1, 2):
        for path in project.parsed:
            path.unlink()
        counts = project.read(*paths, threads=threads)
        parsed = [path.read_bytes() for path in project.parsed]
        results.append((counts, project.rows("documents"), project.rows("dropped"), parsed))
    assert results[0] == results[1]


def test_what_the_limits_forbade_is_tried_again_under_others(project, pages):
    bomb = project.write("docs/bomb.txt.gz", gzip.compress(b"words " * 400_000))
    tight = FILES.model_copy(update={"limit": ReadingLimit(output_mb=1)})
    assert project.read(*pages, bomb, source=tight).dropped == {"too_big": 1}
    assert project.read(*pages, bomb, source=tight).dropped == {"too_big": 1}
    assert project.read(*pages, bomb).passed == 9


@pytest.mark.parametrize("damage", [b"", b"{", b'{"reader":"text","limit":[20000,256]}\n'])
def test_a_damaged_file_in_the_cache_is_read_again(project, pages, damage):
    project.read(*pages)
    before = [path.read_bytes() for path in project.parsed]
    project.parsed[0].write_bytes(damage)
    project.parsed[1].write_bytes(before[1].replace(b"Words", b"Wards"))
    assert project.read(*pages).passed == 8
    assert [path.read_bytes() for path in project.parsed] == before


def markdown(**words):
    return {f"docs/{name}.md": f"# {name}\n\n{said}\n".encode() for name, said in words.items()}


@pytest.mark.parametrize("name", ["manual.zip", "manual.tar.gz"])
def test_an_archive_is_a_folder(project, name):
    packed(project.folder / name, {**markdown(a="one", b="two"), "docs/c.txt": b"", "logo.png": b"x", "film.mp4": b"x"})
    counts = project.read(name)
    assert [(row["path"], row["sha256"]) for row in project.rows("documents")] == [
        (f"{name}/docs/{letter}.md", hashlib.sha256(content).hexdigest())
        for letter, content in zip("ab", markdown(a="one", b="two").values(), strict=True)
    ]
    assert [(row["path"], row["reason"], row.get("count")) for row in project.rows("dropped")] == [
        (f"{name}/docs/c.txt", "empty: the file has no bytes", None),
        (name, "unknown_format: 1 .mp4, 1 .png", 2),
    ]
    assert (counts.given, counts.passed, counts.dropped) == (5, 2, {"empty": 1, "unknown_format": 2})


@pytest.mark.parametrize("name", ["manual.zip", "manual.tar.gz"])
def test_an_edited_archive_parses_the_members_that_changed(project, name, caplog):
    caplog.set_level(logging.INFO)
    packed(project.folder / name, markdown(a="one", b="two", c="three"))
    project.read(name)
    before = project.parsed
    packed(project.folder / name, markdown(a="one", b="2", d="three", e="five"))
    project.read(name)
    # b and e, d, whose heading is another one, and the new list of members
    assert (len(before), len(project.parsed)) == (4, 8)
    assert "parsed 3 of 4 files" in caplog.text


def test_an_archive_that_did_not_change_is_not_opened(project, caplog):
    caplog.set_level(logging.DEBUG)
    packed(project.folder / "a.zip", markdown(a="one", b="two"))
    first = project.read("a.zip")
    (project.folder / "a.zip").rename(project.folder / "b.zip")
    caplog.clear()
    assert project.read("b.zip") == first
    assert [row["path"] for row in project.rows("documents")] == ["b.zip/docs/a.md", "b.zip/docs/b.md"]
    assert "processor time" not in caplog.text


def test_a_file_that_is_in_an_archive_too_is_parsed_once(project, caplog):
    caplog.set_level(logging.INFO)
    packed(project.folder / "a.zip", markdown(a="one", b="two"))
    packed(project.folder / "b.tar", markdown(a="one", b="two"))
    alone = project.write("docs/a.md", markdown(a="one")["docs/a.md"])
    counts = project.read("a.zip", "b.tar", alone, threads=2)
    assert (counts.passed, counts.made) == (5, {"documents": 5})
    assert "parsed 2 of 5 files" in caplog.text


def test_a_member_whose_reading_is_lost_is_read_again(project):
    packed(project.folder / "a.zip", markdown(a="one", b="two"))
    project.read("a.zip")
    first = (project.build / "documents.jsonl").read_bytes()
    for path in project.parsed:
        if "two" in path.read_text():
            path.unlink()
    assert project.read("a.zip").passed == 2
    assert (project.build / "documents.jsonl").read_bytes() == first


def test_a_listing_may_ask_for_some_members(project):
    packed(project.folder / "a.zip", {**markdown(a="one"), "notes.txt": b"words"})
    row = {"path": "a.zip", "sha256": sha256_file(project.folder / "a.zip"), "members": "docs/*.md"}
    assert project.run(project.plan("handbook", FILES, rows=[row])).given == 1


@pytest.mark.parametrize(("members", "dropped"), [({}, {"no_members": 1}), ({"a.png": b""}, {"unknown_format": 1})])
def test_an_archive_of_nothing_is_counted(project, members, dropped):
    packed(project.folder / "a.zip", members)
    assert project.read("a.zip", project.write("docs/a.md", "words")).dropped == dropped


def test_pictures_in_an_archive_stop_no_build_and_broken_texts_do(project):
    source = Source(files=["*"], on_error="fail")
    packed(project.folder / "a.zip", {**markdown(a="one"), "a.png": b""})
    assert project.read("a.zip", source=source).passed == 1
    packed(project.folder / "a.zip", {**markdown(a="one"), "b.txt": b""})
    with pytest.raises(SourceError, match=r"empty.*\n  a\.zip/b\.txt"):
        project.read("a.zip", source=source)


def test_archives_are_removed_from_the_disk_when_they_are_read(project, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    packed(project.folder / "a.zip", markdown(a="one", b="two"))
    project.read("a.zip")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_the_plan_could_not_read_is_dropped_with_its_reason(project):
    good = project.write("docs/a.md", "words")
    rows = [
        {"path": good, "sha256": sha256_file(project.folder / good)},
        {"path": "docs/b.md", "refused": "outside: a link that leads out of the project"},
    ]
    assert project.run(project.plan("handbook", FILES, rows=rows)).dropped == {"outside": 1}
    assert project.rows("dropped")[0]["sha256"] == ""


def test_a_file_may_be_elsewhere_on_this_disk(project):
    project.write("cache/1f2e", "# Tides\n")
    row = {"path": "s3://bucket/a.md", "sha256": sha256_file(project.folder / "cache/1f2e"), "local": "cache/1f2e"}
    project.run(project.plan("handbook", FILES, rows=[row]))
    assert [(row["path"], row["section"]) for row in project.rows("documents")] == [("s3://bucket/a.md", "Tides")]


def parsed_of(project, caplog, rows):
    """How many files are parsed for a listing of `rows`."""
    caplog.clear()
    project.run(project.plan("handbook", FILES, rows=sorted(rows, key=lambda row: row["path"])), threads=2)
    return int(re.search(r"parsed (\d+) of", caplog.text)[1])


def test_an_edit_of_one_file_among_thousands_parses_it_alone(project, caplog):
    caplog.set_level(logging.INFO)
    paths = [project.write(f"docs/{n}.md", f"# Page {n}\n\nWords.\n") for n in range(5000)]
    rows = [{"path": path, "sha256": sha256_file(project.folder / path)} for path in paths]
    assert parsed_of(project, caplog, rows) == 5000
    assert parsed_of(project, caplog, rows) == 0
    new = project.write("docs/new.md", "new words")
    rows.append({"path": new, "sha256": sha256_file(project.folder / new)})
    assert parsed_of(project, caplog, rows) == 1
    project.write("docs/7.md", "other words")
    rows[7]["sha256"] = sha256_file(project.folder / "docs/7.md")
    assert parsed_of(project, caplog, rows) == 1
    (project.folder / "docs/8.md").rename(project.folder / "docs/renamed.md")
    rows[8]["path"] = "docs/renamed.md"
    assert parsed_of(project, caplog, rows) == 0
    del rows[9]
    assert parsed_of(project, caplog, rows) == 0
    assert len(project.rows("documents")) == 5000


def git(*arguments):
    fixed = {f"GIT_{who}_{key}": "a@b" for who in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2024-01-31T10:00:00Z")
    return subprocess.run(
        ["git", *arguments], env=os.environ | fixed | dates, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_repository_is_read_at_the_commit_of_the_plan(project):
    git("init", "-q", "repo")
    for message in ("one", "two", "three"):
        git("-C", "repo", "commit", "-q", "--allow-empty", "-m", message)
    rows = [{"path": "repo", "commit": git("-C", "repo", "rev-parse", "HEAD~1")}]
    counts = project.run(project.plan("history", Source(git="repo"), rows=rows))
    documents = project.rows("documents")
    assert [row["text"] for row in documents] == ["one", "two"]
    assert [row["part"] for row in documents][1] == documents[1]["sha256"] == rows[0]["commit"]
    assert (counts.given, counts.passed, counts.made) == (1, 1, {"documents": 2})
    assert len(project.parsed) == 1


def test_a_bundle_is_a_file_like_any_other(project):
    git("init", "-q", "repo")
    git("-C", "repo", "commit", "-q", "--allow-empty", "-m", "one")
    git("-C", "repo", "bundle", "create", "-q", "../history.bundle", "HEAD")
    project.read("history.bundle", source=Source(git="history.bundle"))
    (row,) = project.rows("documents")
    assert (row["text"], row["sha256"]) == ("one", sha256_file(project.folder / "history.bundle"))


def test_what_is_kept_says_nothing_about_where_it_was_found(project, pages):
    project.read(*pages)
    assert all("limit" in json.loads(path.read_text().splitlines()[0]) for path in project.parsed)
    assert "docs" not in "".join(path.read_text() for path in project.parsed)

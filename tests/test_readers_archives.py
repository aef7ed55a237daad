import hashlib
import zipfile
from pathlib import Path

import pytest

from loramake.errors import DataError
from loramake.files import sha256_file
from loramake.readers import archives
from loramake.readers.archives import Expansion, is_archive
from loramake.readers.children import Task
from loramake.recipe.source import ReadingLimit, Source
from zoo.packing import called, packed, sparse, tarred, zipped

FILES = Source(files=["*"])
WORDS = b"# Tides\n\nWords.\n"


@pytest.fixture
def expand(tmp_path):
    """The members that an archive gives, and what does not come through, as in the cache."""

    def rows(path, source=FILES, globs=""):
        task = Expansion(
            str(path), sha256_file(path), source, tmp_path / "parsed", globs, folder=tmp_path / f"{path.name}.folder"
        )
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        reason = task.run(scratch)
        assert sorted(tmp_path.rglob(".*")) == []
        if reason:
            return [{"name": "", "refused": reason}]
        assert task.is_kept()
        return list(task.found())

    return rows


def refusals(rows):
    return {row["name"]: row["refused"].split(":")[0] for row in rows if "refused" in row}


KINDS = ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz", "A.TAR.GZ"]


@pytest.mark.parametrize("name", KINDS)
def test_every_member_has_its_digest_and_stands_under_its_number(tmp_path, expand, name):
    path = packed(tmp_path / name, {"docs/b.txt": b"b", "a.md": WORDS, "docs/": b""})
    rows = expand(path)
    assert [row["name"] for row in rows] == ["a.md", "docs/b.txt"]
    assert rows[0]["sha256"] == hashlib.sha256(WORDS).hexdigest()
    assert (tmp_path / f"{name}.folder" / str(rows[0]["file"])).read_bytes() == WORDS


def test_a_tar_archive_may_be_compressed_by_zstandard(tmp_path, expand):
    zstandard = pytest.importorskip("zstandard")
    path = tmp_path / "a.tar.zst"
    path.write_bytes(zstandard.ZstdCompressor().compress(tarred(tmp_path / "a.tar", {"a.md": WORDS}).read_bytes()))
    assert [row["name"] for row in expand(path)] == ["a.md"]


@pytest.mark.parametrize(
    ("globs", "exclude", "names"),
    [
        ("", None, ["a.md", "x/b.md", "x/c.txt"]),
        ("**/*.md", None, ["a.md", "x/b.md"]),
        ("*.md\nx/*.txt", None, ["a.md", "x/c.txt"]),
        ("", ["**/x/**"], ["a.md"]),
        ("**/*.{md,rst}", ["**/docs.zip/a.*"], ["x/b.md"]),
    ],
)
def test_globs_ask_for_members_and_exclude_them(tmp_path, expand, globs, exclude, names):
    path = zipped(tmp_path / "docs.zip", dict.fromkeys(["a.md", "x/b.md", "x/c.txt", ".git/d.md", "x/.e.md"], WORDS))
    source = Source(files=["*"], exclude=[f"{tmp_path}/{glob.removeprefix('**/')}" for glob in exclude or []] or None)
    if exclude == ["**/x/**"]:
        source = Source(files=["*"], exclude=[f"{path}/x/**"])
    assert [row["name"] for row in expand(path, source, globs)] == names


def test_members_that_no_format_knows_are_counted_by_their_suffix(tmp_path, expand):
    names = ["a.md", "b.png", "c.PNG", "d.css", "Makefile"]
    rows = expand(zipped(tmp_path / "a.zip", dict.fromkeys(names, WORDS)))
    assert rows[1:] == [{"name": "", "refused": "unknown_format: 2 .png, 1 .css, 1 no suffix", "count": 4}]


def test_what_is_known_depends_on_the_kind_of_source(tmp_path, expand):
    rows = expand(zipped(tmp_path / "a.zip", {"a.md": WORDS, "b.jsonl": b"{}"}), Source(records=["*"], text=["t"]))
    assert [row["name"] for row in rows] == ["b.jsonl", ""]


@pytest.mark.parametrize("path", ["a.zip", "x/a.tar.gz", "A.ZIP", "b.tar.zst"])
def test_an_archive_is_known_by_its_name(path):
    assert is_archive(path, FILES)
    assert not is_archive(path, Source(git=path))


@pytest.mark.parametrize("path", ["a.gz", "zip", ".zip", "a.zip/b.md", "a.md"])
def test_other_files_are_none(path):
    assert not is_archive(path, FILES)


NUL = "a\0b.md"  # it ends a name in tar
NAMES = {
    "../a.md": "outside",
    "x/../../a.md": "outside",
    "/etc/a.md": "outside",
    "C:\\a.md": "outside",
    "..\\a.md": "outside",
    "a\nb.md": "bad_name",
    NUL: "bad_name",
    "inner.zip": "nested_archive",
    "inner.tar.gz": "nested_archive",
}


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in NAMES for kind in ("a.zip", "a.tar") if (name, kind) != (NUL, "a.tar")]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, expand, name, kind):
    members = {called(name) if kind == "a.zip" else name: WORDS, "good.md": WORDS}
    rows = expand(packed(tmp_path / kind, members))
    (refused,) = refusals(rows).values()
    assert refused == NAMES[name]
    assert [row["name"] for row in rows if "sha256" in row] == ["good.md"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [kind, f"{kind}.folder", "parsed", "scratch"]


def test_names_that_differ_in_case_are_different_and_those_that_do_not_are_duplicates(tmp_path, expand):
    infos = [zipfile.ZipInfo(name) for name in ("a.md", "A.md", "a.md", "./a.md")]
    with pytest.warns(UserWarning, match="Duplicate name"):
        rows = expand(zipped(tmp_path / "a.zip", {info: info.filename.encode() for info in infos}))
    assert [(row["name"], row.get("refused", "")[:9]) for row in rows] == [
        ("A.md", ""),
        ("a.md", "duplicate"),
        ("a.md", "duplicate"),
        ("a.md", ""),
    ]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz"])
def test_an_archive_grows_no_further_than_its_limit(tmp_path, expand, name):
    path = packed(tmp_path / name, {f"{n}.md": bytes(300_000) for n in range(4)})
    source = Source(files=["*"], limit=ReadingLimit(output_mb=1))
    reason = refusals(expand(path, source)).get("")
    # A tar archive that is not compressed is no larger inside than outside.
    assert reason == (None if name == "a.tar" else "too_big")


def test_what_is_not_asked_for_takes_no_room_in_a_zip(tmp_path, expand):
    path = zipped(tmp_path / "a.zip", {"a.md": WORDS, "film.mp4": bytes(3_000_000)})
    rows = expand(path, Source(files=["*"], limit=ReadingLimit(output_mb=1)))
    assert [row["name"] for row in rows] == ["a.md", ""]


def test_holes_count_as_what_they_seem_to_be(tmp_path, expand):
    assert refusals(expand(sparse(tmp_path / "a.tar", "a.md", 2**40))) == {"": "too_big"}


def test_too_many_members_are_too_many(tmp_path, expand, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 5)
    path = zipped(tmp_path / "a.zip", {f"{n}.png": b"" for n in range(6)})
    assert refusals(expand(path)) == {"": "too_many_members"}


def test_an_archive_that_changes_meanwhile_stops_the_build(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", {"a.md": WORDS})
    task = Expansion(str(path), "0" * 64, FILES, tmp_path / "parsed", folder=tmp_path / "folder")
    with pytest.raises(DataError, match="changed since the build was planned"):
        task.run(tmp_path / "scratch")
    assert not task.is_kept()


def task(**change):
    asked = {"path": "a.zip", "content": "0" * 64, "source": FILES, "parsed": Path("parsed")} | change
    return Expansion(**asked)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"path": "b/other.zip"}, True),
        ({"path": "a.tar"}, False),
        ({"content": "1" * 64}, False),
        ({"globs": "*.md"}, False),
        ({"source": Source(files=["other"])}, True),
        ({"source": Source(mineru=["*"])}, False),
        ({"source": Source(files=["*"], exclude=["x"])}, False),
    ],
)
def test_the_list_is_kept_by_content_and_by_what_is_asked_for(change, same):
    assert (task(**change).target == task().target) is same


def test_a_list_holds_under_a_wider_limit_and_not_under_a_narrower_one(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.md": WORDS})
    source = Source(files=["*"], limit=ReadingLimit(output_mb=8))
    about = {"path": str(path), "content": sha256_file(path), "parsed": tmp_path / "parsed"}
    task(**about, source=source, folder=tmp_path / "folder").run(tmp_path / "scratch")
    limits = [ReadingLimit(output_mb=number) for number in (7, 8, 9)]
    kept = [task(**about, source=source.model_copy(update={"limit": limit})).is_kept() for limit in limits]
    assert kept == [False, True, True]


def test_it_is_a_task():
    expansion: Task = task()
    assert (expansion.is_light, expansion.prepare(), expansion.limit) == (False, None, ReadingLimit())

import http.server
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from loramake.contents import OutsideError, contents_of
from loramake.errors import DataError, SourceError
from loramake.files import write_json
from loramake.places import PlaceError, allowed_places, brought, is_address, is_allowed, listed
from loramake.plan import open_project
from loramake.recipe.source import Source, Sources
from loramake.records import read_rows
from loramake.stages.sources import sources

PDF = "s3://manuals/pumps/p7.pdf"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A client of an S3 server on loopback, which is also the one that fsspec finds."""
    boto3 = pytest.importorskip("boto3", reason="an S3 server needs moto")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="manuals")
        yield client
    server.stop()


@pytest.fixture
def bucket(s3: Any) -> Any:
    for name in ("pumps/p7.pdf", "pumps/old/p6.pdf", "pumps/notes.md", "valves/v.pdf"):
        s3.put_object(Bucket="manuals", Key=name, Body=name.encode())
    return s3


@pytest.mark.parametrize(
    ("address", "allowed", "answer"),
    [
        ("s3://a/b/c.md", ["s3://a"], True),
        ("s3://a/b/c.md", ["s3://a/b/"], True),
        ("s3://a", ["s3://a"], True),
        ("s3://ab/c", ["s3://a"], False),
        ("s3://a/../b", ["s3://a"], False),
        ("simplecache::s3://a/b", ["s3://a"], False),
        ("s3://a/x::file:///etc/passwd", ["s3://a"], False),
        ("file:///etc/passwd", ["s3://a"], False),
        ("https://a.example.org/x", ["https://a.example"], False),
        ("s3://a/b", [], False),
    ],
)
def test_an_address_is_read_only_below_an_allowed_one(address: str, allowed: list[str], answer: bool):
    assert is_allowed(address, allowed) == answer


@pytest.mark.parametrize(
    ("text", "answer"), [("s3://a/b", True), ("docs/*.md", False), ("C:/x", False), ("a:b", False)]
)
def test_addresses_are_told_from_paths(text: str, answer: bool):
    assert is_address(text) == answer


def test_folders_and_addresses_share_one_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LORAMAKE_ALLOW", "/data/a:s3://bucket/docs:../b:https://example.org:8443/x")
    folders, addresses = allowed_places()
    assert folders == [Path("/data/a"), Path("../b")]
    assert addresses == ["s3://bucket/docs", "https://example.org:8443/x"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("s3://manuals/pumps/*.pdf", ["pumps/p7.pdf"]),
        ("s3://manuals/pumps/**/*.pdf", ["pumps/old/p6.pdf", "pumps/p7.pdf"]),
        ("s3://manuals/**/*.{pdf,md}", ["pumps/notes.md", "pumps/old/p6.pdf", "pumps/p7.pdf", "valves/v.pdf"]),
        ("s3://manuals/pumps/p7.pdf", ["pumps/p7.pdf"]),
        ("s3://manuals/nothing/*", []),
        ("s3://manuals/nothing.pdf", []),
    ],
)
def test_globs_work_in_a_bucket(bucket: Any, pattern: str, names: list[str]):
    assert [row["path"] for row in listed(pattern)] == [f"s3://manuals/{name}" for name in names]


def test_a_stamp_changes_with_the_content_and_only_with_it(bucket: Any):
    (first,) = listed(PDF)
    bucket.put_object(Bucket="manuals", Key="pumps/p7.pdf", Body=b"pumps/p7.pdf")
    assert listed(PDF) == [first]
    bucket.put_object(Bucket="manuals", Key="pumps/p7.pdf", Body=b"pumps/p7.PDF")
    assert listed(PDF)[0]["stamp"] != first["stamp"]


def test_a_file_is_brought_once(bucket: Any, tmp_path: Path):
    (row,) = listed(PDF)
    here = brought(row, tmp_path)
    assert Path(here["local"]).read_bytes() == b"pumps/p7.pdf"
    bucket.delete_object(Bucket="manuals", Key="pumps/p7.pdf")
    assert brought(row, tmp_path) == here


def test_a_file_that_changed_since_the_plan_is_not_read(bucket: Any, tmp_path: Path):
    (row,) = listed(PDF)
    bucket.put_object(Bucket="manuals", Key="pumps/p7.pdf", Body=b"another")
    with pytest.raises(DataError, match="changed since the build was planned"):
        brought(row, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_is_named(bucket: Any, tmp_path: Path):
    (row,) = listed(PDF)
    bucket.delete_object(Bucket="manuals", Key="pumps/p7.pdf")
    with pytest.raises(SourceError) as caught:
        brought(row, tmp_path)
    assert (caught.value.reason, caught.value.where) == ("unreachable", PDF)


def test_a_bucket_that_is_not_there_is_one_clear_error(bucket: Any):
    assert listed("s3://nobodys/*.pdf") == []
    with pytest.raises(PlaceError, match=r"'s4://x/\*' cannot be listed: ValueError: Protocol not known: s4"):
        listed("s4://x/*")


def test_a_recipe_reads_only_the_addresses_that_are_allowed(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = Source(files=["s3://manuals/pumps/**"], exclude=["**/*.md", "s3://manuals/pumps/old/**"])
    with pytest.raises(OutsideError):
        contents_of(source, open_project(tmp_path))
    monkeypatch.setenv("LORAMAKE_ALLOW", "s3://manuals/pumps")
    found = [row["path"] for row in contents_of(source, open_project(tmp_path))]
    assert found == ["s3://manuals/pumps/notes.md", PDF]


class _Pages(http.server.BaseHTTPRequestHandler):
    tags: tuple[tuple[str, str], ...] = (("ETag", '"one"'),)

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/a.md" else 404)
        for name, value in self.tags:
            self.send_header(name, value)
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"text")

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def pages() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_known_by_its_tag(pages: str, tmp_path: Path):
    pytest.importorskip("aiohttp", reason="http needs aiohttp")
    (row,) = listed(f"{pages}/a.md")
    assert row == {"path": f"{pages}/a.md", "stamp": "ETag=one size=4"}
    assert Path(brought(row, tmp_path)["local"]).read_bytes() == b"text"
    assert listed(f"{pages}/b.md") == []


def test_a_page_without_a_tag_is_refused(pages: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_Pages, "tags", ())
    with pytest.raises(PlaceError, match="no ETag, checksum or time of change"):
        listed(f"{pages}/a.md")


def test_the_stage_reads_what_stands_in_a_bucket_and_names_what_it_cannot_have(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LORAMAKE_ALLOW", "s3://manuals")
    bucket.put_object(Bucket="manuals", Key="pumps/a.md", Body=b"# Pump\n\nIt pumps.\n")
    source = Source(files=["s3://manuals/pumps/*.md"])
    rows = contents_of(source, open_project(tmp_path))
    write_json(tmp_path / "contents/x.json", rows)
    bucket.delete_object(Bucket="manuals", Key="pumps/notes.md")
    made = {name: tmp_path / f"{name}.jsonl" for name in ("documents", "dropped")}
    folders = {name: tmp_path / name for name in ("contents", "parsed", "places")}
    sources(Sources(read={"manuals": source}, contents={"manuals": "x"}), **made, **folders)
    (document,) = read_rows(made["documents"])
    assert (document["path"], document["text"]) == ("s3://manuals/pumps/a.md", "# Pump\n\nIt pumps.\n")
    assert document["sha256"] == sha256(b"# Pump\n\nIt pumps.\n").hexdigest()
    (refused,) = read_rows(made["dropped"])
    assert (refused["path"], refused["reason"].split(":")[0]) == ("s3://manuals/pumps/notes.md", "unreachable")

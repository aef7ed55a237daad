"""A zoo of hostile and broken files: each ends with its reason, within its limits, and the build goes on."""

import logging
import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loramake.cache import Digests
from loramake.contents import Project, contents_of
from loramake.files import digest, write_json
from loramake.recipe.source import ReadingLimit, Source, Sources
from loramake.records import read_rows
from loramake.stages.sources import sources
from zoo import archives, exports, mails, markups, offices, pdfs, places, texts
from zoo.animal import ANIMALS, CANARY, Animal, Cage

HOUSES = (archives, exports, mails, markups, offices, pdfs, places, texts)
LIMIT = ReadingLimit(seconds=5, memory_mb=200, pages=500, output_mb=8)
WITH_TEXT = {"records": ["text"]}
MEMORY = LIMIT.memory_mb << 20
SLACK = 16 << 20  # what a process had freed when it was forked, and fills again


@dataclass
class Zoo:
    """What came out of a build of all animals: reasons and texts by path, and what their processes took."""

    folder: Path
    files: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    reasons: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    took: dict[str, tuple[float, int]] = field(default_factory=dict)
    given: int = 0


class Took(logging.Handler):
    """Notes what the log says of each file."""

    def __init__(self, took):
        super().__init__(logging.DEBUG)
        self.took = took

    def emit(self, record):
        if "processor time" in record.msg:
            path, seconds, memory = record.args
            self.took[path] = (seconds, memory << 20)


@pytest.fixture(scope="module")
def monkeymodule():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def asked():
    """A server that notes what it is asked; its address is at the end."""
    paths = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield paths, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def zoo(tmp_path_factory, monkeymodule, asked):
    folder = tmp_path_factory.mktemp("zoo")
    found = Zoo(folder, asked=asked[0])
    for name in ("project", "outside", "tmp"):
        (folder / name).mkdir()
    (folder / "outside/secret.md").write_text(CANARY)
    monkeymodule.chdir(folder / "project")
    monkeymodule.setenv("TMPDIR", str(folder / "tmp"))
    monkeymodule.setattr("tempfile.tempdir", None)
    fill(Cage(folder / "outside/secret.md", asked[1]))
    found.files = set(everything(folder))
    build(found)
    return found


def everything(folder):
    """Every file and folder of the zoo that a build has no business with."""
    return sorted(str(path) for path in folder.rglob("*") if "build" not in path.relative_to(folder).parts)


def fill(cage):
    for animal in ANIMALS:
        path = Path(animal.kind, animal.file)
        path.parent.mkdir(exist_ok=True)
        animal.make(path, cage)
    Path("files/a_good_one.md").write_text("# Tides\n\nThe good ones are read all the same.\n")


def build(zoo):
    read, contents = {}, {}
    for name, source in all_sources().items():
        rows = contents_of(source, Project(Path(), Digests(Path(), Path("build/digests.json"))))
        write_json(Path(f"build/contents/{digest(rows)}.json"), rows)
        read[name], contents[name] = source, digest(rows)
    log = logging.getLogger("loramake.readers.reading")
    handler, level = Took(zoo.took), log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    outputs = {name: Path(f"build/{name}.jsonl") for name in ("documents", "dropped")}
    caches = {name: Path("build", name) for name in ("contents", "parsed", "places")}
    try:
        zoo.given = sources(Sources(read=read, contents=contents), **outputs, **caches, threads=2).given
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    for row in read_rows(outputs["dropped"]):
        zoo.reasons[row["path"]].add(row["reason"].split(":")[0])
    for row in read_rows(outputs["documents"]):
        zoo.texts[row["path"]].append(row["text"])


def all_sources():
    kinds = {animal.kind for animal in ANIMALS} - {"git"}
    found = {kind: Source(**{kind: [f"{kind}/**"]}, text=WITH_TEXT.get(kind), limit=LIMIT) for kind in sorted(kinds)}
    bundles = sorted(Path("git").iterdir())
    return found | {f"git{n}": Source(git=str(path), limit=LIMIT) for n, path in enumerate(bundles)}


def of(animal: Animal, found):
    """What was found of an animal, and of all that is in it."""
    path = f"{animal.kind}/{animal.file}"
    shown = os.fsencode(path).decode(errors="backslashreplace")
    return [value for name, value in found.items() if name == shown or name.startswith(f"{shown}/")]


named = pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: ascii(f"{animal.kind}/{animal.file}"))


@named
def test_each_ends_with_its_reason(zoo, animal):
    assert {reason for reasons in of(animal, zoo.reasons) for reason in reasons} == animal.reasons
    assert bool(of(animal, zoo.texts)) is animal.speaks


@named
def test_each_keeps_within_its_limits(zoo, animal):
    for seconds, memory in of(animal, zoo.took):
        assert seconds < 4 * LIMIT.seconds if "300_mb" in animal.file else seconds < LIMIT.seconds + 1
        assert memory < MEMORY + SLACK


def test_the_good_one_among_them_is_read(zoo):
    assert zoo.texts["files/a_good_one.md"] == ["# Tides\n\nThe good ones are read all the same.\n"]


def test_nothing_outside_of_the_project_is_read(zoo):
    made = [path for path in (zoo.folder / "project/build").rglob("*") if path.is_file()]
    assert made
    assert not [path for path in made if CANARY.encode() in path.read_bytes() or b"root:x:0:0" in path.read_bytes()]


def test_nothing_is_written_beside_the_build(zoo):
    assert set(everything(zoo.folder)) == zoo.files
    assert not Path("/tmp/escaped.md").exists()


def test_nobody_is_asked(zoo):
    assert zoo.asked == []


def test_there_is_no_animal_twice():
    names = [(animal.kind, animal.file) for animal in ANIMALS]
    assert len(names) == len(set(names)) > 40
    assert all(house.__doc__ for house in HOUSES)

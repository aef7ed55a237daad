"""Keys reach the endpoint and nothing else: no file, log, error, receipt or process list holds one after a build."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import zstandard

from conftest import Project
from loramake.errors import TeacherError
from loramake.recipe.teacher import Teacher
from loramake.teachers.keys import place_of, secret_of
from provider_server import ProviderServer

KEY = "sk-planted-4f9a1c77e2b0d583"
RECIPE = """\
sources: { yard: { files: "docs/**/*.md" } }
clean: {}
chunk: { size: 400 }
synthesize:
  model: { name: m, url: URL, key: PLANTED_KEY }
  tasks: { yard: { kind: qa } }
"""
needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc, to see command lines")


def holding(folder: Path) -> list[Path]:
    """Files that hold the key, or a piece of it that would do."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".zst":
            content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
        if KEY[:16].encode() in content or KEY.encode() in str(path).encode():
            found.append(path)
    return found


class Watch:
    """Looks at the command lines of all processes, again and again."""

    def __enter__(self) -> "Watch":
        self.seen, self.lines, self._end = list[str](), 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes().decode(errors="replace")
                except OSError:
                    continue
                self.lines += 1
                if KEY in line:
                    self.seen.append(line)


STAGE = """
import json, sys
from pathlib import Path
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Writer
from loramake.stages.synthesize import synthesize
paths = {name: Path(f"{name}.jsonl") for name in ("chunks", "examples", "quarantined")}
with Writer(paths["chunks"]) as out:
    out.write(Chunk("c", "Winch 7 lifts timber.", "d", 0, 9, 0, "docs", "a.md"))
synthesize(Synthesize.model_validate(json.loads(sys.argv[1])), calls=Path("calls"), **paths)
"""


def refusing(failing: list[bool]) -> Any:
    """A fault that repeats the key: for every request while `failing`, for the first of each kind otherwise."""

    def fault(method: str, path: str, count: int) -> tuple[int, Any] | None:
        if failing:
            return 401, {"error": {"type": "e", "code": KEY, "message": f"bad key {KEY}"}}
        return (500, KEY.encode()) if count == 2 else None

    return fault


def check(folder: Path, server: ProviderServer, watch: Watch, runs: list[subprocess.CompletedProcess[str]]) -> None:
    failed, done = runs
    printed = failed.stdout + failed.stderr + done.stdout + done.stderr
    assert failed.returncode and "401" in printed and not done.returncode, done.stderr
    assert any(KEY in " ".join(heads.values()) for heads in server.heads)
    assert watch.lines and watch.seen == [] and KEY not in printed
    assert holding(folder) == []


@needs_proc
def test_a_build_leaves_no_trace_of_the_key(project: Project):
    failing, runs = [True], []
    with ProviderServer(fault=refusing(failing)) as server, Watch() as watch:
        project.write("recipes/secret.yaml", RECIPE.replace("URL", server.url))
        for _ in range(2):
            runs.append(project.run("snakemake", "--profile", "local", "secret", check=False, PLANTED_KEY=KEY))
            failing.clear()
        check(project.root, server, watch, runs)
    assert list(project.root.rglob("sealed.json"))


@needs_proc
@pytest.mark.parametrize(("protocol", "batch"), [("anthropic", False), (None, True)])
def test_other_ways_to_ask_leave_no_trace_of_the_key(tmp_path: Path, protocol: str | None, batch: bool):
    pytest.importorskip(protocol or "openai")
    failing, runs, project = [True], [], Project(tmp_path)
    with ProviderServer(looks=0, fault=refusing(failing)) as server, Watch() as watch:
        model = {"name": "m", "url": server.url, "key": "PLANTED_KEY", "protocol": protocol}
        spec = json.dumps({"model": model, "tasks": {"t": {}}, "limit": {"batch": batch}})
        for _ in range(2):
            runs.append(project.run(sys.executable, "-c", STAGE, spec, check=False, PLANTED_KEY=KEY))
            failing.clear()
        check(tmp_path, server, watch, runs)


def test_the_search_would_find_one(tmp_path: Path):
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(KEY.encode()))
    (tmp_path / "b.txt").write_text(f"key={KEY}")
    assert [path.name for path in holding(tmp_path)] == ["a.jsonl.zst", "b.txt"]


def test_a_place_is_shown_without_what_is_secret_in_its_address():
    model = Teacher(name="m", url=f"https://me:{KEY}@gpu.example/v1?key={KEY}#x")
    assert place_of(model) == "m at https://gpu.example/v1"


@pytest.mark.parametrize(
    ("value", "says"), [("", "is not set"), ("  ", "is not set"), ("a\tb", "characters that no key has")]
)
def test_what_is_no_key_is_refused_by_its_name(value: str, says: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("A_KEY", value)
    with pytest.raises(TeacherError, match=f"A_KEY.*{says}"):
        secret_of("A_KEY", where="m")

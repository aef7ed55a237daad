"""A model in a file, against the real server of llama-cpp-python and a tiny GGUF."""

import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from loramake.errors import TeacherError
from loramake.files import sha256_file
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Writer, read_rows
from loramake.stages.synthesize import synthesize
from loramake.teachers import llama_server
from loramake.teachers.calls import Call
from loramake.teachers.endpoint import Endpoint
from loramake.teachers.journal import Journal
from loramake.teachers.llama_server import PACKAGES, Local, serving

MISSING = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
served = pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: pip install 'loramake[local]'")
SCHEMA = {
    "type": "object",
    "properties": {"place": {"enum": ["roof", "cellar"]}, "urgent": {"type": "boolean"}},
    "required": ["place", "urgent"],
}
CALL = Call(
    kind="extract",
    text="t",
    section=None,
    meta={},
    pairs=1,
    messages=[{"role": "user", "content": "Is the heating on the roof urgent?"}],
    schema=SCHEMA,
)


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from loramake.exporting.llama_gguf import write_gguf
    from loramake.exporting.vocabulary import read_vocabulary
    from tiny_llama import PADDED, llama, tokenizer

    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_gguf(llama(), read_vocabulary(tokenizer(), PADDED), path, "f16")
    return path


def spec(path: Path | str, **more: object) -> Synthesize:
    tasks = {"note": {"kind": "extract", "schema": SCHEMA}}
    return Synthesize.model_validate({"model": f"llama_cpp/{path}", "tasks": tasks, "max_tokens": 60, **more})


def servers(path: Path) -> list[psutil.Process]:
    """Processes that serve the file at `path`."""
    found = (process for process in psutil.process_iter(["cmdline"]))
    return [process for process in found if str(path) in (process.info["cmdline"] or [])]


def gone(path: Path) -> bool:
    return any(not servers(path) or time.sleep(0.1) for _ in range(100))


@served
def test_a_server_answers_any_client_within_the_schema_and_ends_with_the_block(gguf: Path):
    import openai

    with serving(str(gguf), context=512) as server, openai.OpenAI(base_url=server.url, api_key="none") as client:
        reply = client.chat.completions.create(
            model="any",
            temperature=0,
            max_tokens=60,
            messages=[{"role": "user", "content": "The roof?"}],
            response_format={"type": "json_object", "schema": SCHEMA},  # type: ignore[arg-type]
        )
        assert json.loads(reply.choices[0].message.content or "")["place"] in ("roof", "cellar")
        assert servers(gguf)
    assert gone(gguf)


@served
def test_a_recipe_is_built_through_it_and_what_is_known_starts_no_server(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with Writer(tmp_path / "chunks.jsonl") as out:
        for number in range(2):
            out.write(
                Chunk(f"c{number}", f"Room {number} is cold.", f"d{number}", 0, 9, 0, "docs", f"{number}.md")  # type: ignore[call-arg]
            )
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("chunks", "examples", "quarantined")}
    assert synthesize(spec(gguf), calls=tmp_path / "calls", **paths).made == {"examples": 2}
    written = paths["examples"].read_bytes()
    answers = [json.loads(row["messages"][-1]["content"]) for row in read_rows(paths["examples"])]
    assert all(answer["place"] in ("roof", "cellar") and answer["urgent"] in (True, False) for answer in answers)
    moved = tmp_path / "elsewhere" / gguf.name
    moved.parent.mkdir()
    shutil.copy(gguf, moved)
    monkeypatch.setattr(llama_server, "_start", None)
    synthesize(spec(moved), calls=tmp_path / "calls", **paths)
    assert paths["examples"].read_bytes() == written and gone(gguf)


@served
def test_other_bytes_are_another_model(gguf: Path, tmp_path: Path):
    other = tmp_path / gguf.name
    other.write_bytes(gguf.read_bytes() + b"\0")
    asked = [Local(spec(path)).request(CALL) for path in (gguf, other)]
    assert asked[0]["model"] == f"sha256:{sha256_file(gguf)}" != asked[1]["model"]
    assert asked[0]["response_format"] == {"type": "json_object", "schema": SCHEMA}


PROGRAM = """
import sys, time
from loramake.teachers.llama_server import serving
with serving(sys.argv[1], context=512) as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


@served
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_when_its_starter_is_killed(gguf: Path, how: signal.Signals):
    starter = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(gguf)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with starter:
        assert starter.stdout and starter.stdout.readline().startswith(b"http://127.0.0.1:")
        running = [process for process in servers(gguf) if process.pid != starter.pid]
        assert len(running) == 1
        starter.send_signal(how)
        starter.wait(10)
    assert gone(gguf)


@served
def test_a_server_that_dies_is_an_error_that_says_so(gguf: Path, tmp_path: Path):
    wire = Local(spec(gguf))
    stop = threading.Event()
    with Journal(tmp_path) as journal, Endpoint(spec(gguf), journal=journal, stop=stop, wire=wire) as teacher:
        assert teacher.answer(CALL).content
        servers(gguf)[0].kill()
        with pytest.raises(TeacherError, match=r"server has ended \(signal 9\)"):
            teacher.answer(CALL.again(CALL, teacher.answer(CALL), "no"))


@served
def test_the_environment_does_not_reach_the_server(gguf: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving(str(gguf), context=512):
        environ = servers(gguf)[0].environ()
    assert "PORT" not in environ and "OPENAI_API_KEY" not in environ


@served
@pytest.mark.parametrize(
    ("content", "digest", "says"),
    [
        (b"PK\x03\x04", "", "the file of the model is no GGUF"),
        (None, "", "cannot be read: No such file"),
        (b"GGUF" + b"\0" * 60, "", "server has ended"),
        (b"GGUF", "0" * 64, "has changed since the build was planned"),
    ],
    ids=["no GGUF", "no file", "broken", "changed"],
)
def test_what_cannot_be_served_is_refused(tmp_path: Path, content: bytes | None, digest: str, says: str):
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TeacherError, match=says), serving(str(path), digest=digest):
        pass
    assert gone(path)


def test_a_package_that_is_missing_is_named(gguf: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(llama_server, "PACKAGES", ("no_such_package",))
    with pytest.raises(TeacherError) as error, serving(str(gguf)):
        pass
    assert "'no_such_package', which is not installed" in error.value.what and "loramake[local]" in error.value.hint


@served
def test_a_port_that_is_taken_meanwhile_is_left_to_its_owner(gguf: Path, monkeypatch: pytest.MonkeyPatch):
    with serving(str(gguf), context=512) as first:
        taken, free = int(first.url.split(":")[2].split("/")[0]), llama_server._free_port
        ports = iter([taken, free()])
        monkeypatch.setattr(llama_server, "_free_port", lambda: next(ports))
        other = gguf.with_name("other.gguf")
        other.write_bytes(gguf.read_bytes() + b"\0")
        with serving(str(other), context=512) as second:
            assert second.url != first.url

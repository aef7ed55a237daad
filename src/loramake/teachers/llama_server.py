"""A GGUF file as a teacher: llama-cpp-python's server, on this machine, for as long as a stage runs.

Run as a program, this module is that server: it ends when whoever started it does, however that may come about.
"""

import importlib.util
import json
import os
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from loramake.errors import TeacherError
from loramake.files import sha256_file
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer, Call
from loramake.teachers.chat import Chat
from loramake.teachers.providers import body
from loramake.teachers.wire import WireError

PACKAGES = ("llama_cpp", "fastapi", "uvicorn", "sse_starlette", "starlette_context", "pydantic_settings")
INSTALL = "pip install 'loramake[local]'"
# The server takes its settings from the environment, too, under names such as `port` and `seed`: only these go there.
INHERITED = ("PATH", "HOME", "LD_", "DYLD_", "CUDA", "NVIDIA", "GGML_", "HIP", "ROCR", "LANG", "LC_", "TMP", "TEMP")
PYTHON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SYSTEMROOT")
# Room for the question beside the longest answer, in tokens.
QUESTION = 8192
LONGEST_START = 900.0
SHORTEST_TIMEOUT = 600.0
PORTS = 3
IN_USE = re.compile("address already in use", re.IGNORECASE).search


class Local:
    """A wire to a model in a file. The server starts with the first request, so what is known needs none.

    Requests name the model by the sha256 of its file, which is what identifies them. They go one by one: there is one
    model. Raises TeacherError when the file cannot be served.
    """

    def __init__(self, spec: Synthesize) -> None:
        self._path, planned = spec.model.pinned
        self._digest = planned or _digest_of(self._path)
        model = spec.model.model_copy(update={"name": f"sha256:{self._digest}"})
        timeout = max(spec.limit.timeout, SHORTEST_TIMEOUT)
        limit = spec.limit.model_copy(update={"timeout": timeout, "in_flight": 1})
        self._spec = spec.model_copy(update={"model": model, "limit": limit})
        self._open, self._lock = ExitStack(), threading.Lock()

    def close(self) -> None:
        """Stop the server."""
        with self._lock:
            self._open.close()

    def request(self, call: Call) -> dict[str, Any]:
        """The body that asks `call`."""
        return body(self._spec, call)

    def send(self, request: Mapping[str, Any]) -> Answer:
        """The answer to one request, tried once. Raises WireError, and TeacherError when the server is gone."""
        with self._lock:
            server, chat = self._started
            try:
                return chat.send(request)
            except WireError as error:
                if error.status is None:
                    server.check()
                raise

    @cached_property
    def _started(self) -> tuple["Server", Chat]:
        context = self._spec.max_tokens + QUESTION
        server = self._open.enter_context(serving(self._path, digest=self._digest, context=context))
        model = self._spec.model.model_copy(update={"file": None, "url": server.url})
        chat = Chat(self._spec.model_copy(update={"model": model}))
        self._open.callback(chat.close)
        return server, chat


class Server:
    """A server that runs, or ran: `url` is its base address."""

    def __init__(self, path: str, process: "subprocess.Popen[bytes]", printed: IO[bytes], port: int) -> None:
        self._path, self._process, self._printed = path, process, printed
        self.url = f"http://127.0.0.1:{port}/v1"

    @property
    def ended(self) -> bool:
        """Whether it has stopped by itself."""
        return self._process.poll() is not None

    @property
    def printed(self) -> list[str]:
        """The lines that it has printed."""
        self._printed.seek(0)
        lines = self._printed.read().decode("utf-8", "replace").split("\n")
        return [line.strip() for line in lines if line.strip()]

    @property
    def last_words(self) -> str:
        """The last line that speaks of an error, or else the last one."""
        errors = [line for line in self.printed if re.search("error|fail", line, re.IGNORECASE)]
        return (errors or self.printed or [""])[-1][:200]

    def check(self) -> None:
        """Raises TeacherError when it has ended."""
        if self.ended:
            code, words = self._process.returncode, self.last_words
            raise TeacherError(
                f"the model's server has ended ({f'signal {-code}' if code < 0 else f'exit code {code}'}): {words}",
                where=self._path,
                hint="see whether the file is whole, and whether the memory is enough for it",
            )

    def answers(self, name: str) -> bool:
        """Whether it serves the model of that name by now."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/models", timeout=5) as reply:
                return any(model.get("id") == name for model in json.load(reply)["data"])
        except (OSError, ValueError, KeyError, TypeError):
            return False


@contextmanager
def serving(path: str, *, digest: str = "", context: int = QUESTION) -> Iterator[Server]:
    """A server of the GGUF file at `path`, ready to answer; stopped at the end, even if this process is killed.

    `context` is the most that question and answer have together, in tokens. Raises TeacherError when the file is none,
    has not the sha256 `digest`, or cannot be served.
    """
    _check(path, digest)
    name = f"sha256:{digest or _digest_of(path)}"
    with tempfile.TemporaryFile() as printed:
        server, process = _ready(path, name, context, printed)
        try:
            yield server
        finally:
            _stop(process)


def _ready(path: str, name: str, context: int, printed: IO[bytes]) -> tuple[Server, "subprocess.Popen[bytes]"]:
    # A port that is free now may be taken a moment later.
    for left in reversed(range(PORTS)):
        port = _free_port()
        process = _start(path, name, context, port, printed)
        server = Server(path, process, printed, port)
        try:
            _wait(server, name)
        except BaseException as error:
            _stop(process)
            if left and isinstance(error, TeacherError) and any(map(IN_USE, server.printed)):
                continue
            raise
        return server, process
    raise AssertionError("unreachable")


def _wait(server: Server, name: str) -> None:
    end = time.monotonic() + LONGEST_START
    while not server.answers(name):
        server.check()
        if time.monotonic() > end:
            raise TeacherError(f"the model's server does not answer after {LONGEST_START:g} s: {server.last_words}")
        time.sleep(0.1)


def _start(path: str, name: str, context: int, port: int, printed: IO[bytes]) -> "subprocess.Popen[bytes]":
    cores = _cores()
    options = {
        "model": str(Path(path).absolute()),
        "model_alias": name,
        "host": "127.0.0.1",
        "port": port,
        "n_ctx": context,
        "n_threads": cores,
        "n_threads_batch": cores,
        "n_gpu_layers": -1,
        "verbose": "false",
    }
    arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
    inherited = {key: value for key, value in os.environ.items() if key.upper().startswith((*INHERITED, *PYTHON))}
    return subprocess.Popen(
        # -P: nothing is imported from the folder of a project.
        [sys.executable, "-P", "-m", "loramake.teachers.llama_server", *arguments],
        stdin=subprocess.PIPE,
        stdout=printed,
        stderr=subprocess.STDOUT,
        env=inherited,
        start_new_session=True,
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()
    process.kill()
    process.wait()


def _check(path: str, digest: str) -> None:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise TeacherError(f"a model in a file needs '{missing[0]}', which is not installed", where=path, hint=INSTALL)
    try:
        with Path(path).open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise TeacherError(f"the model's file cannot be read: {error.strerror}", where=path) from None
    if magic != b"GGUF":
        raise TeacherError("the file of the model is no GGUF", where=path, hint="a GGUF file begins with 'GGUF'")
    if digest and _digest_of(path) != digest:
        what = "the file of the model has changed since the build was planned"
        raise TeacherError(what, where=path, hint="run the same command again to plan anew")


def _digest_of(path: str) -> str:
    try:
        return sha256_file(Path(path))
    except OSError as error:
        raise TeacherError(f"the model's file cannot be read: {error.strerror}", where=path) from None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _cores() -> int:
    # Its threads spin while they wait for each other: more than there are real cores make it many times slower.
    logical = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(logical // 2, 1)


def _end_with_the_starter() -> None:
    # Its end of the pipe closes with it, killed or not.
    with suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(0)


def main() -> None:
    """Serve until standard input ends; the options are those of llama_cpp.server."""
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    runpy.run_module("llama_cpp.server", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""How fast a teacher is asked: requests a second, held in flight, processor time and memory of the client.

    python benchmarks/synthesis.py [--calls 5000 50000] [--in-flight 1000] [--latency 1] [--peer-python PYTHON]

A server of OpenAI's chat API, in a process of its own, answers every request after `--latency` seconds. Against it
runs the whole stage (prompt, request, journal on the disk, check, example), then the plainest loop over the `openai`
client, which keeps nothing, and, where PYTHON is that of an environment with distilabel, its pipeline. "Held" is the
mean number of requests that the server had at hand between the moment when 95 % of the limit was first reached and the
moment when the last ones began. The server takes uvloop where it is installed; `--server-python` names an environment
that has it.
"""

import argparse
import asyncio
import json
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

PAIRS = {"pairs": [{"question": "What is said of the winch?", "answer": "word " * 60}]}
TEXT = "Winch number {} lifts loads of seven tonnes. " + "The rope must be dry before it is wound. " * 45


def serve(latency: float, in_flight: int) -> None:
    from aiohttp import web

    try:
        import uvloop

        uvloop.install()
    except ImportError:
        pass
    state = {"requests": 0, "now": 0}
    samples: list[tuple[int, int]] = []
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(PAIRS)}}
    usage = {"prompt_tokens": 600, "completion_tokens": 80, "total_tokens": 680}
    reply = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    payload = json.dumps(reply).encode()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        state["requests"] += 1
        state["now"] += 1
        await asyncio.sleep(latency)
        state["now"] -= 1
        return web.Response(body=payload, content_type="application/json")

    async def stats(_: web.Request) -> web.Response:
        # What was held since the last question, and start again.
        total = samples[-1][0] if samples else 0
        full = next((at for at, (_, now) in enumerate(samples) if now >= 0.95 * in_flight), len(samples))
        held = [now for begun, now in samples[full:] if begun < total - in_flight // 2]
        said = {"held": sum(held) / len(held) if held else 0, "most": max((now for _, now in samples), default=0)}
        samples.clear()
        state["requests"] = 0
        return web.json_response(said)

    async def sample(_: web.Application) -> None:
        async def look() -> None:
            while True:
                await asyncio.sleep(0.05)
                samples.append((state["requests"], state["now"]))

        state["task"] = asyncio.create_task(look())  # type: ignore[assignment]

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    app.router.add_get("/stats", stats)
    app.on_startup.append(sample)
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        print(listener.getsockname()[1], flush=True)
        web.run_app(app, sock=listener, print=None, access_log=None, backlog=4096)


def stage(url: str, calls: int, in_flight: int) -> None:
    from loramake.recipe.model import Synthesize
    from loramake.records import Chunk, Writer
    from loramake.stages.synthesize import synthesize

    model, limit = {"name": "m", "url": url}, {"in_flight": in_flight}
    spec = Synthesize.model_validate({"model": model, "tasks": {"qa": {}}, "limit": limit})
    with tempfile.TemporaryDirectory() as place:
        files = {name: Path(place) / f"{name}.jsonl" for name in ("chunks", "examples", "quarantined")}
        with Writer(files["chunks"]) as out:
            for number in range(calls):
                where = {"document": "d", "start": 0, "end": 1, "index": 0, "source": "s", "path": "p"}
                out.write(Chunk(id=f"c{number}", text=TEXT.format(number), **where))
        timed(lambda: synthesize(spec, **files, calls=Path(place) / "calls"), calls)


def plain(url: str, calls: int, in_flight: int) -> None:
    import openai

    async def run() -> None:
        client = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
        numbers = iter(range(calls))

        async def work() -> None:
            for number in numbers:
                messages: Any = [{"role": "user", "content": TEXT.format(number)}]
                json.loads(
                    (await client.chat.completions.create(model="m", messages=messages)).choices[0].message.content
                    or ""
                )

        await asyncio.gather(*[work() for _ in range(in_flight)])

    timed(lambda: asyncio.run(run()), calls)


def distilabel(url: str, calls: int, in_flight: int) -> None:
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    with Pipeline("benchmark") as pipeline:
        rows = [{"instruction": TEXT.format(number)} for number in range(calls)]
        load = LoadDataFromDicts(data=rows, batch_size=in_flight)
        llm = OpenAILLM(model="m", base_url=url, api_key="none")  # type: ignore[arg-type]
        load >> TextGeneration(llm=llm, input_batch_size=in_flight)
    timed(lambda: pipeline.run(use_cache=False), calls)


CLIENTS = {"stage": stage, "plain": plain, "distilabel": distilabel}


def timed(work: Any, calls: int) -> None:
    begun, before = time.monotonic(), cpu()
    work()
    took, used = time.monotonic() - begun, cpu() - before
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": took, "cpu_ms": 1000 * used / calls, "rss_mb": kilobytes / 1024}), flush=True)


def cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def measure(python: str, client: str, url: str, calls: int, in_flight: int) -> None:
    command = [python, __file__, "client", client, url, str(calls), str(in_flight)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    with urllib.request.urlopen(url.replace("/v1", "/stats")) as answer:
        server = json.load(answer)
    if done.returncode:
        print(f"{client:10} failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{client:10} {calls:6} calls: {calls / found['seconds']:5.0f}/s, held {server['held']:5.0f} of {in_flight} "
        f"(most {server['most']}), {found['cpu_ms']:.2f} ms CPU a call, {found['rss_mb']:.0f} MB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, nargs="+", default=[5000, 50_000])
    parser.add_argument("--in-flight", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--server-python", default=sys.executable)
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    command = [options.server_python, __file__, "serve", str(options.latency), str(options.in_flight)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        try:
            for calls in options.calls:
                measure(sys.executable, "stage", url, calls, options.in_flight)
            measure(sys.executable, "plain", url, options.calls[0], options.in_flight)
            if options.peer_python:
                measure(options.peer_python, "distilabel", url, options.calls[0], options.in_flight)
        finally:
            server.kill()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(float(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["client"]:
        CLIENTS[sys.argv[2]](sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        main()

"""The runner around every stage: lock, resume, run, seal. A receipt that exists is right.

`receipt.json` is what Snakemake sees, and deletes before a rerun; `sealed.json` is the same text under a name that it
does not know, so that no result is made twice because its receipt was swept away.
"""

import argparse
import inspect
import logging
import os
import resource
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loramake.errors import StoreError
from loramake.files import canonical_json, digest, read_json, sha256_file, write_json, write_text
from loramake.lock import KeyLock
from loramake.plan import PLAN, RECIPE, read_slice
from loramake.recipe.spec import Spec
from loramake.records import Counts
from loramake.stage import BUILD, STAGES, Stage
from loramake.terminal import Terminal

CACHE = BUILD / "cache"
RECEIPT, SEALED, RUN, ATTEMPTS = "receipt.json", "sealed.json", "run.json", "attempts.jsonl"

log = logging.getLogger(__name__)
StageFunction = Callable[..., Counts]


def folder_of(stage: str, key: str) -> Path:
    """Where the result of `stage` under `key` lives."""
    return BUILD / stage / key


def is_fresh(stage: str, key: str) -> bool:
    """Whether the result is there: the one question of staleness."""
    return (folder_of(stage, key) / RECEIPT).is_file()


def main(function: StageFunction) -> None:
    """Run a stage from its rule: `python -m loramake.stages.<stage> KEY [--threads N] [--log FILE]`.

    Exits with 1 after an error.
    """
    name = function.__name__
    parser = argparse.ArgumentParser(description=inspect.getdoc(function))
    parser.add_argument("key", help="the key that the stage was planned under")
    parser.add_argument("--threads", type=int, default=1, help="processor cores to use")
    parser.add_argument("--log", type=Path, help="the file that takes what libraries print, and every error's origin")
    arguments = parser.parse_args()
    # Threads that spin while they wait burn several times the work on a machine that others use too.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with Terminal(name, arguments.log) as terminal:
        started = time.perf_counter()
        receipt = run(function, arguments.key, threads=arguments.threads)
        terminal.say(f"{in_words(receipt['counts'])} ({time.perf_counter() - started:.1f} s)")


def in_words(counts: dict[str, Any]) -> str:
    """What a stage did, in a line: `1,060 of 1,070 documents; dropped: 8 duplicate, 2 too_short`."""
    parts = [f"{counts['passed']:,} of {counts['given']:,} {counts['unit']}"]
    parts += [f"{number:,} {what}" for what, number in counts["made"].items()]
    for what in ("dropped", "quarantined"):
        if counts[what]:
            parts.append(f"{what}: " + ", ".join(f"{number:,} {reason}" for reason, number in counts[what].items()))
    return "; ".join(parts)


def bill_in_words(bill: Mapping[str, Any]) -> str:
    """What a run's calls cost: `120 requests, 36 answers from the journal; 61,010 tokens in, 9,120 out; 0.1950 USD`."""
    tokens = bill["tokens"]
    sent = tokens["input"] + tokens["cached"] + tokens["written"]
    cached = f" ({tokens['cached']:,} cached)" if tokens["cached"] else ""
    parts = [f"{bill['requests']:,} requests, {bill['from_journal']:,} answers from the journal"]
    parts.append(f"{sent:,} tokens in{cached}, {tokens['output']:,} out")
    if bill["usd"] is None:
        parts.append("nobody knows the price")
    elif bill["prices"]:
        guess = f", {bill['usd_estimated']:.4f} of it estimated" if bill["usd_estimated"] else ""
        parts.append(f"{bill['usd']:.4f} USD{guess} ({bill['prices']})")
    return "; ".join(parts)


def run(function: StageFunction, key: str, *, threads: int = 1) -> dict[str, Any]:
    """The receipt of the stage's result under `key`, which is built if nobody has built it yet.

    Raises StoreError when what it builds on is not there, or when the slice is not for this version of the stage.
    """
    slice_ = read_slice(key)
    name = function.__name__
    stage = STAGES[name]
    if slice_["stage"] != name or slice_["version"] != stage.version:
        planned = f"{slice_['stage']} version {slice_['version']}"
        what = f"the key is planned for {planned}, and this is {name} version {stage.version}"
        raise StoreError(what, where=str(PLAN / f"{key}.json"), hint="run the same command again to plan anew")
    folder = folder_of(name, key)
    folder.mkdir(parents=True, exist_ok=True)
    with KeyLock(folder / "lock") as lock:
        receipt = _sealed(folder) or _linked(folder, slice_) or _built(function, folder, slice_, threads, lock)
        write_json(folder / RECEIPT, receipt)
    return receipt


def _sealed(folder: Path) -> dict[str, Any] | None:
    """The receipt of a result that is complete already; its files are looked at by size."""
    try:
        receipt: dict[str, Any] = read_json(folder / SEALED)
    except (FileNotFoundError, ValueError):
        return None
    for name, about in receipt["outputs"].items():
        file = folder / name
        if not file.is_file() or ("bytes" in about and file.stat().st_size != about["bytes"]):
            log.warning("%s is damaged: building it again", file)
            return None
    log.info("already built")
    return receipt


def _linked(folder: Path, slice_: dict[str, Any]) -> dict[str, Any] | None:
    """Early cut-off: the result of another key whose spec and inputs were the same, byte for byte."""
    memory = _memory_of(slice_)
    if memory is None or not memory.is_file():
        return None
    twin = BUILD / memory.read_text(encoding="utf-8").strip()
    receipt = _sealed(twin) if twin != folder else None
    if receipt is None:
        return None
    for name in receipt["outputs"]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        _link(twin / name, target)
    receipt = {**receipt, "key": folder.name, "slice": slice_}
    write_json(folder / RUN, {"linked": twin.as_posix(), "started": _now(), "seconds": 0.0})
    write_json(folder / SEALED, receipt)
    log.info("same spec and same inputs as %s: linked", twin)
    return receipt


def _memory_of(slice_: dict[str, Any]) -> Path | None:
    """Where the twin of a result is noted: by the digest of everything that goes into it."""
    stage = STAGES[slice_["stage"]]
    if not stage.inputs or "*" in stage.inputs.values() or not slice_["upstream"]:
        return None
    inputs = {}
    for parameter, source in stage.inputs.items():
        up, _, output = source.partition("/")
        if up in slice_["upstream"]:
            outputs = _receipt_above(up, slice_["upstream"][up])["outputs"]
            wanted = {name: about["sha256"] for name, about in outputs.items() if f"{name}/".startswith(f"{output}/")}
            inputs[parameter] = wanted
    known = {name: value for name, value in slice_.items() if name != "upstream"}
    return CACHE / "twins" / digest([known, inputs])


def _receipt_above(stage: str, key: str) -> dict[str, Any]:
    folder = folder_of(stage, key)
    for name in (SEALED, RECEIPT):
        if (folder / name).is_file():
            receipt: dict[str, Any] = read_json(folder / name)
            return receipt
    raise StoreError(f"{stage} is not built", where=str(folder), hint="build it first: snakemake does")


def _built(
    function: StageFunction, folder: Path, slice_: dict[str, Any], threads: int, lock: KeyLock
) -> dict[str, Any]:
    """Run the stage in its work folder, put what it made into place, and seal it."""
    stage = STAGES[slice_["stage"]]
    started, clock, work = _now(), time.perf_counter(), folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    _note(folder, "started")
    bill, recipe = work / "bill.json", _settings(folder.name).get(RECIPE, "")
    arguments = _arguments(stage, slice_, folder, work) | {"threads": threads, "bill": bill, "recipe": recipe}
    wanted = inspect.signature(function).parameters
    spec = spec_of(slice_, folder.name)
    counts = function(spec, **{name: value for name, value in arguments.items() if name in wanted})
    lock.check()
    outputs = _moved(work, folder, stage)
    receipt = {
        "stage": slice_["stage"],
        "key": folder.name,
        "slice": slice_,
        "counts": asdict(counts),
        "outputs": outputs,
    }
    paid = {"bill": read_json(bill)} if bill.is_file() else {}
    write_json(folder / RUN, _run(started, time.perf_counter() - clock, folder) | paid)
    write_json(folder / SEALED, receipt)
    if (memory := _memory_of(slice_)) is not None:
        write_text(memory, f"{slice_['stage']}/{folder.name}\n")
    for cache in stage.caches.values():
        if "{key}" in cache:
            shutil.rmtree(CACHE / cache.format(key=folder.name), ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    _note(folder, "finished")
    return receipt


def spec_of(slice_: dict[str, Any], key: str) -> Spec:
    """The stage's typed spec: the slice's, with the settings that only say how to work laid over it."""
    settings = {name: value for name, value in _settings(key).items() if name != RECIPE}
    return STAGES[slice_["stage"]].spec.model_validate(_over(slice_["spec"], settings))


def _settings(key: str) -> dict[str, Any]:
    file = PLAN / f"{key}.settings.json"
    settings: dict[str, Any] = read_json(file) if file.is_file() else {}
    return settings


def _over(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {key: _over(below.get(key), above[key]) if key in above else below[key] for key in {**below, **above}}


def _arguments(stage: Stage, slice_: dict[str, Any], folder: Path, work: Path) -> dict[str, Any]:
    """The named paths that a stage's function is called with. An input whose stage is not in the recipe is None."""
    above = slice_["upstream"]
    arguments: dict[str, Any] = {}
    for parameter, source in stage.inputs.items():
        up, _, output = source.partition("/")
        if source == "*":
            arguments[parameter] = {name: folder_of(name, above[name]) for name in STAGES if name in above}
        elif up in STAGES:
            arguments[parameter] = folder_of(up, above[up]) / output if up in above else None
        else:
            arguments[parameter] = BUILD / source
    for up, key in above.items():
        _receipt_above(up, key)
    for parameter, output in stage.outputs.items():
        arguments[parameter] = work / output
        if output.endswith("/"):
            arguments[parameter].mkdir()
    for parameter, cache in stage.caches.items():
        arguments[parameter] = CACHE / cache.format(key=folder.name)
        arguments[parameter].mkdir(parents=True, exist_ok=True)
    return arguments


def _moved(work: Path, folder: Path, stage: Stage) -> dict[str, dict[str, Any]]:
    """Move what the stage made from `work` into `folder`; sha256, bytes and records of every file, by name."""
    outputs: dict[str, dict[str, Any]] = {}
    for output in stage.outputs.values():
        made, place = work / output.rstrip("/"), folder / output.rstrip("/")
        if not made.exists():
            continue
        for file in sorted(path for path in [made, *made.rglob("*")] if path.is_file()):
            name = file.relative_to(work).as_posix()
            outputs[name] = {} if name in stage.volatile else _about(file)
        shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)
        os.replace(made, place)
    return outputs


def _about(file: Path) -> dict[str, Any]:
    about: dict[str, Any] = {"sha256": sha256_file(file), "bytes": file.stat().st_size}
    if file.suffix == ".jsonl":
        with file.open("rb") as stream:
            about["records"] = sum(1 for _ in stream)
    return about


def _link(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where file systems do not share."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _note(folder: Path, event: str) -> None:
    """Append to the folder's diary: who worked here, and when."""
    row = {"event": event, "at": time.time(), "host": socket.gethostname(), "pid": os.getpid()}
    with (folder / ATTEMPTS).open("a", encoding="utf-8") as stream:
        stream.write(canonical_json(row) + "\n")


def _run(started: str, seconds: float, folder: Path) -> dict[str, Any]:
    """What this run took: all that is true of it and not of its result.

    Memory is the peak of the process or of its largest child.
    """
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    attempts = (folder / ATTEMPTS).read_text(encoding="utf-8").count('"started"')
    return {
        "started": started,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, 3),
        "peak_memory_mb": round(max(own.ru_maxrss, children.ru_maxrss) / 1024, 1),
        "host": socket.gethostname(),
        "attempts": attempts,
    }

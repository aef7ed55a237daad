"""results/<recipe>/: the store's files under the names that people look for, changed only by publishing.

Small files are copies; large ones are further names of the store's own, which costs no disk.
"""

import argparse
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from loramake.errors import StoreError
from loramake.files import read_json, write_json
from loramake.lock import KeyLock
from loramake.plan import PUBLISH, read_slice
from loramake.stage import BUILD
from loramake.store import SEALED, folder_of
from loramake.terminal import Terminal

RESULTS = Path("results")
COPIED_BYTES = 8 << 20
MARK = ".published-"

# What each stage shows, and under what name: a file, or all whose names begin alike (`{recipe}` is the recipe's name).
SHOWN: dict[str, dict[str, str]] = {
    "clean": {"train/": "", "dropped.jsonl": "dropped.jsonl"},
    "synthesize": {"quarantined.jsonl": "quarantined.jsonl"},
    "curate": {"splits/": ""},
    "pretrain": {"base/": "base/"},
    "train": {"adapter/": "adapter/", "metrics.jsonl": "metrics.jsonl"},
    "evaluate": {"metrics.json": "metrics.json", "samples.jsonl": "samples.jsonl"},
    "export": {"merged/": "merged/", "gguf/model-": "{recipe}-", "parity.json": "parity.json"},
    "report": {"report.html": "report.html", "README.md": "README.md", "receipts.json": "receipts.json"},
}


def published_files(point: str, keys: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Every file of a point's results, by its name there, and where the store keeps it."""
    recipe = point.partition("/")[0]
    for stage, shown in SHOWN.items():
        if stage not in keys:
            continue
        folder = folder_of(stage, keys[stage])
        for name in read_json(folder / SEALED)["outputs"]:
            for source, target in shown.items():
                if name == source or (source.endswith(("/", "-")) and name.startswith(source)):
                    yield target.format(recipe=recipe) + name[len(source) :], folder / name


def publish(key: str) -> list[str]:
    """Make results/<point>/ what the publication under `key` says, without what an earlier one left. Gives the names.

    Raises StoreError when something of it is not built.
    """
    slice_ = read_slice(key)
    place = RESULTS / slice_["point"]
    files = dict(published_files(slice_["point"], slice_["upstream"]))
    missing = [source for source in files.values() if not source.is_file()]
    if missing:
        raise StoreError("a result is missing", where=str(missing[0]), hint="remove its folder and build again")
    lock = BUILD / PUBLISH / slice_["point"] / "lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    # A publisher whose head was killed lives on, and may meet its successor.
    with KeyLock(lock):
        for name, source in files.items():
            _place(source, place / name)
        _remove_earlier(place, key, files)
        write_json(place / f"{MARK}{key}", {"keys": slice_["upstream"], "files": sorted(files)})
    return sorted(files)


def _remove_earlier(place: Path, key: str, files: Mapping[str, Path]) -> None:
    """Remove what earlier publications left and this one does not hold; a file of the user's own stays."""
    for mark in _marks(place):
        for name in set(read_json(mark)["files"]) - files.keys():
            (place / name).unlink(missing_ok=True)
        if mark.name != f"{MARK}{key}":
            mark.unlink()
    for folder in sorted((path for path in place.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def last_published(point: str) -> dict[str, str]:
    """The keys of what stands under results/<point>/, by stage; empty when nothing does."""
    marks = _marks(RESULTS / point)
    keys: dict[str, str] = read_json(marks[-1])["keys"] if marks else {}
    return keys


def published_points() -> list[str]:
    """Everything that stands under results/, by name."""
    return sorted(mark.parent.relative_to(RESULTS).as_posix() for mark in RESULTS.rglob(f"{MARK}*"))


def _marks(place: Path) -> list[Path]:
    return sorted(place.glob(f"{MARK}*"), key=lambda mark: mark.stat().st_mtime_ns)


def _place(source: Path, target: Path) -> None:
    """Put `source` at `target`, whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    if source.stat().st_size > COPIED_BYTES:
        try:
            os.link(source, new)
        except OSError:
            shutil.copyfile(source, new)
    else:
        shutil.copyfile(source, new)
    os.replace(new, target)


def republish(name: str) -> list[str]:
    """Publish again what the file results/`name` belongs to, because it is asked for by name.

    Raises StoreError without it.
    """
    place = next((folder for folder in (RESULTS / name).parents if _marks(folder)), None)
    if place is None:
        raise StoreError("nothing is published there", where=str(RESULTS / name), hint="build its recipe first")
    files = publish(_marks(place)[-1].name.removeprefix(MARK))
    if not (RESULTS / name).exists():
        raise StoreError(
            "no such file among the results", where=str(RESULTS / name), hint=f"there are {', '.join(files)}"
        )
    return files


def main() -> None:
    """Publish from a rule: `python -m loramake.results KEY`, or `--file results/<recipe>/<file>`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("key", nargs="?", help="the key of the publication")
    parser.add_argument("--file", help="a file under results/ that is published already")
    parser.add_argument("--log", type=Path, help="the file that takes every error's origin")
    arguments = parser.parse_args()
    with Terminal("publish", arguments.log) as terminal:
        files = republish(str(Path(arguments.file).relative_to(RESULTS))) if arguments.file else publish(arguments.key)
        terminal.say(f"{len(files)} files")


if __name__ == "__main__":
    main()

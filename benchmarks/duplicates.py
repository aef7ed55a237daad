"""Near-duplicates: planted copies of real documents, found or not, at their true similarity.

    python benchmarks/duplicates.py FOLDER [--documents 2000]

FOLDER holds text, Markdown or HTML files. Copies get 1, 5, 10 and 20 % of their words changed, at random places.
Printed: recall by true Jaccard similarity (runs of five words), merges of documents that are not similar, and MB per
CPU-second of the stage. The order of the documents is shuffled twice: the survivors must be the same.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from loramake.cleaning.html import strip_html
from loramake.cleaning.shingles import jaccard, shingles
from loramake.recipe.cleaning import Clean
from loramake.records import Document, Writer, read_rows
from loramake.stages.clean import clean

CHANGED = (0.01, 0.05, 0.10, 0.20)
SUFFIXES = (".txt", ".md", ".rst", ".html")


def texts(folder: Path, count: int) -> list[str]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    random.Random(0).shuffle(files)
    found: list[str] = []
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        text = strip_html(text) if path.suffix == ".html" else text
        if len(text.split()) >= 50:
            found.append(text)
        if len(found) == count:
            break
    return found


def copy_of(text: str, share: float, dice: random.Random) -> str:
    """`text` with a share of its words replaced by others."""
    return re.sub(r"\w+", lambda word: f"w{dice.randrange(10**6)}" if dice.random() < share else word[0], text)


def survivors(rows: list[tuple[str, str]], folder: Path) -> tuple[dict[str, str], float]:
    """Path -> the path that it goes for ("" if it stays), and the CPU seconds that the stage took."""
    with Writer(folder / "documents.jsonl") as out:
        for path, text in rows:
            out.write(Document(id="", text=text, source="s", path=path, sha256="0", reader="r"))
    (folder / "unread.jsonl").write_text("")
    spec = Clean.model_validate({"engine": "python", "steps": [{"deduplicate": {"near": 0.8}}]})
    start = time.process_time()
    outputs = {"train": folder / "train", "dropped": folder / "dropped.jsonl", "samples": folder / "samples.jsonl"}
    clean(spec, documents=folder / "documents.jsonl", unread=folder / "unread.jsonl", **outputs)
    took = time.process_time() - start
    kept = {row["id"]: row["path"] for row in read_rows(outputs["train"])}
    gone = {row["path"]: kept[row["reason"].split(": ")[1]] for row in read_rows(outputs["dropped"])}
    return {**dict.fromkeys(kept.values(), ""), **gone}, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    arguments = parser.parse_args()
    dice = random.Random(1)
    originals = texts(arguments.folder, arguments.documents)
    rows = [(f"a/{number:06d}", text) for number, text in enumerate(originals)]
    for number, text in enumerate(originals):
        rows.append((f"b/{number:06d}", copy_of(text, CHANGED[number % len(CHANGED)], dice)))
    runs = {path: shingles(text) for path, text in rows}
    dice.shuffle(rows)
    with tempfile.TemporaryDirectory() as folder:
        found, took = survivors(rows, Path(folder))
        again, _ = survivors(sorted(rows, reverse=True), Path(folder))
    size = sum(len(text.encode()) for _, text in rows)
    print(
        f"{len(originals)} documents and a copy of each, {size / 1e6:.1f} MB: {size / 1e6 / took:.2f} MB per CPU-second"
    )
    print(f"the same survivors in another order: {found == again}")
    table: dict[str, list[bool]] = defaultdict(list)
    for number in range(len(originals)):
        true = jaccard(runs[f"a/{number:06d}"], runs[f"b/{number:06d}"])
        band = next(
            name
            for least, name in (
                (0.85, "0.85 and above"),
                (0.8, "0.80 to 0.85"),
                (0.7, "0.70 to 0.80"),
                (0, "below 0.70"),
            )
            if true >= least
        )
        # One of the two is enough: an original may itself go for a third document that its copy is not near to.
        table[band].append(bool(found[f"b/{number:06d}"] or found[f"a/{number:06d}"]))
    for band, hits in sorted(table.items(), reverse=True):
        print(f"  true similarity {band:<15} {len(hits):5} pairs, {sum(hits) / len(hits):7.2%} parted")
    false = [(path, first) for path, first in found.items() if first and jaccard(runs[path], runs[first]) < 0.7]
    print(f"false merges (true similarity under 0.7): {len(false)} of {sum(map(bool, found.values()))}")
    recall = sum(table["0.85 and above"]) / max(1, len(table["0.85 and above"]))
    sys.exit(0 if recall > 0.97 and not false and found == again and size / 1e6 / took >= 1 else 1)


if __name__ == "__main__":
    main()

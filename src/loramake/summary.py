"""What a build made, in a few lines for a terminal."""

from pathlib import Path
from typing import Any

from loramake.files import read_json
from loramake.results import RESULTS, last_published
from loramake.store import RUN, bill_in_words, folder_of


def summary(point: str) -> str:
    """Metrics before and after, the files with their sizes, and where the report is."""
    place = RESULTS / point
    lines = [f"{point}: what was made", ""]
    if (place / "metrics.json").is_file():
        lines += [*_metrics(read_json(place / "metrics.json")), ""]
    lines += [*_paid(point), *_files(place)]
    return "\n".join([*lines, "", f"  the report: {place / 'report.html'}"])


def _metrics(metrics: dict[str, Any]) -> list[str]:
    """A line for each split and task: exact match of base, adapter and majority, and perplexity before and after."""
    rows = [("split", "task", "n", "exact match:", "base", "adapter", "majority", "perplexity:", "base", "adapter")]
    for split, figures in metrics.items():
        for task, base in figures["base"]["tasks"].items():
            adapter, majority = (figures[who]["tasks"][task] for who in ("adapter", "majority"))
            exact = [f"{who['exact_match']:.3f}" for who in (base, adapter, majority)]
            perplexity = [f"{who['perplexity']:.2f}" if who["perplexity"] else "-" for who in (base, adapter)]
            rows.append((split, task, str(base["n"]), "", *exact, "", *perplexity))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _paid(point: str) -> list[str]:
    """A line about what the teacher's answers cost, if one was asked."""
    key = last_published(point).get("synthesize")
    run = folder_of("synthesize", key) / RUN if key else Path()
    bill = read_json(run).get("bill") if run.is_file() else None
    return [f"  {bill['model']}: {bill_in_words(bill)}", ""] if bill else []


def _files(place: Path) -> list[str]:
    """Files and folders with their sizes."""
    shown = []
    for entry in sorted(path for path in place.iterdir() if not path.name.startswith(".")):
        files = [path for path in entry.rglob("*") if path.is_file()] if entry.is_dir() else [entry]
        size = sum(path.stat().st_size for path in files)
        name = f"{entry.name}/" if entry.is_dir() else entry.name
        shown.append(f"  {_bytes(size):>9}  {place / name if not entry.is_dir() else f'{place}/{name}'}")
    return shown


def _bytes(size: float) -> str:
    """A size in the unit that leaves one to three digits before the point."""
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"

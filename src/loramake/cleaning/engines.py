"""Which engine cleans, and why."""

import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from loramake.cleaning.lines import Cleaned, Recipe, clean_lines
from loramake.cleaning.workers import ordered_map
from loramake.recipe.cleaning import Clean

_PARALLEL_BYTES = 4_000_000  # below, processes take longer to start than to work


def choose(spec: Clean, size: int) -> tuple[str, str]:
    """`python` or the address of Spark's master, and the reason in words, for documents of `size` bytes."""
    master = spec.master or os.environ.get("SPARK_MASTER") or ""
    if spec.engine == "python":
        return "python", "the recipe says so"
    if spec.engine == "spark":
        return master or "local[*]", "the recipe says so"
    if master:
        return master, "a master is named"
    if sys.platform != "linux":
        return "python", f"on {sys.platform} always"
    if size <= spec.spark_above:
        return "python", f"{size / 1e6:,.1f} MB are not above spark_above ({spec.spark_above / 1e6:,.0f} MB)"
    from loramake.cleaning.spark import check_java

    if why := check_java():
        return "python", why
    return "local[*]", f"{size / 1e6:,.1f} MB are above spark_above ({spec.spark_above / 1e6:,.0f} MB)"


def cleaned(recipe: Recipe, documents: Path, engine: str, threads: int) -> Iterator[Cleaned]:
    """What becomes of the lines of `documents`, in order, by `engine`: `python` or a master of Spark."""
    if engine != "python":
        from loramake.cleaning.spark import cleaned_by_spark

        yield from cleaned_by_spark(recipe, documents, engine)
        return
    processes = threads if documents.stat().st_size >= _PARALLEL_BYTES else 1
    with documents.open("rb") as lines:
        yield from ordered_map(partial(clean_lines, recipe), lines, weigh=len, processes=processes)

"""Clean documents with loramake: INPUT OUTPUT WORKERS STEPS, where STEPS is the `clean` of a recipe, as JSON."""

import json
import sys
from pathlib import Path

from loramake.recipe.cleaning import Clean
from loramake.stages.clean import clean


def main() -> None:
    documents, kept, workers, steps = sys.argv[1:]
    folder = Path(kept).parent
    (folder / "unread.jsonl").write_text("")
    clean(
        Clean.model_validate({"engine": "python", **json.loads(steps)}),
        documents=Path(documents),
        unread=folder / "unread.jsonl",
        train=Path(kept),
        dropped=folder / "dropped.jsonl",
        samples=folder / "samples.jsonl",
        threads=int(workers),
    )


if __name__ == "__main__":
    main()

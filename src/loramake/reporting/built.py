"""What the stages of a build left behind: receipts, how they ran, and the files beside them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loramake.errors import StoreError
from loramake.files import read_json
from loramake.records import read_rows
from loramake.stage import STAGES


@dataclass(frozen=True)
class Built:
    """One stage's result: its receipt, its run (volatile, empty when unknown) and the folder of its files."""

    folder: Path
    receipt: Mapping[str, Any]
    run: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The address of the result."""
        return str(self.receipt["key"])

    @property
    def version(self) -> int:
        """The stage's own version."""
        return int(self.receipt["slice"]["version"])

    @property
    def spec(self) -> dict[str, Any]:
        """What the recipe asked of the stage, defaults written out; what it does not say is None."""
        slice_ = self.receipt["slice"]
        try:
            return STAGES[slice_["stage"]].spec.model_validate(slice_["spec"]).model_dump(by_alias=True)
        except ValidationError:
            # Built by another version of loramake, which had other keys.
            return dict(slice_["spec"])

    @property
    def upstream(self) -> dict[str, str]:
        """The keys of the results that this one was made from, by stage."""
        return dict(self.receipt["slice"]["upstream"])

    @property
    def models(self) -> dict[str, str]:
        """The digests of models that are folders of the project, by the key that names one."""
        return dict(self.receipt["slice"].get("models", {}))

    @property
    def counts(self) -> Mapping[str, Any]:
        """What went in and what became of it."""
        counts: Mapping[str, Any] = self.receipt["counts"]
        return counts

    def reasons(self) -> dict[str, int]:
        """How many were dropped or quarantined, by reason."""
        return dict(Counter(self.counts["dropped"]) + Counter(self.counts["quarantined"]))

    def records(self, name: str) -> int:
        """How many records the file `name` holds, or all parts in it if it ends with a slash; 0 without any."""
        outputs = self.receipt["outputs"]
        names = [output for output in outputs if output == name or (name.endswith("/") and output.startswith(name))]
        counts = [(part, outputs[part].get("records")) for part in names]
        return sum(sum(1 for _ in self.rows(part)) if count is None else int(count) for part, count in counts)

    def size(self, start: str) -> int:
        """The size in bytes of all outputs whose names begin with `start`."""
        return sum(output["bytes"] for name, output in self.receipt["outputs"].items() if name.startswith(start))

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The lines of the JSON-lines file `name`, or of the parts in a folder; none without it."""
        path = self.folder / name
        return read_rows(path) if path.exists() else iter(())

    def json(self, name: str) -> dict[str, Any]:
        """The JSON object in the file `name`; empty without such a file."""
        path = self.folder / name
        return dict(read_json(path)) if path.is_file() else {}


Build = Mapping[str, Built]


def read_build(stages: Mapping[str, Path]) -> dict[str, Built]:
    """The results in `stages` (stage -> folder), in that order. Raises StoreError where a receipt is missing."""
    return {stage: _read(folder) for stage, folder in stages.items()}


def _read(folder: Path) -> Built:
    receipt, run = folder / "receipt.json", folder / "run.json"
    if not receipt.is_file():
        raise StoreError("there is no receipt", where=str(receipt), hint="build the stage before its report")
    return Built(folder, read_json(receipt), read_json(run) if run.is_file() else {})

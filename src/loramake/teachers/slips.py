"""Slips: what has been handed in as a batch and not collected, a file for each batch, beside the journal."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from loramake.files import read_json
from loramake.recipe.model import Synthesize

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Slip:
    """What has been handed in, and where: `calls` are names of requests with the purse's tickets."""

    url: str
    model: str
    begun: str
    calls: dict[str, str]
    handed_in: str = ""
    batch: str = ""

    def path(self, folder: Path) -> Path:
        """Where it is kept."""
        name = hashlib.sha256("".join(sorted(self.calls)).encode()).hexdigest()[:16]
        return folder / f"batch-{name}.json"


def read_slips(folder: Path, spec: Synthesize) -> list[Slip]:
    """The slips of batches of this model that have not been collected."""
    slips = []
    for path in sorted(folder.glob("batch-*.json")):
        try:
            slip = Slip(**read_json(path))
        except (OSError, ValueError, TypeError):
            log.warning("%s: no slip of a batch: passed over", path)
            continue
        if (slip.url, slip.model) == (spec.model.url, spec.model.name):
            slips.append(slip)
    return slips

"""Digests of files, remembered by path, size and times, so that an unchanged file costs one stat."""

import os
import time
from pathlib import Path

from loramake.files import read_json, sha256_file, write_json

# A file changed this recently may change again without its times showing it.
RACY_SECONDS = 2.0


class Digests:
    """The sha256 of files under `project`, by their paths in it; kept in `store` between runs."""

    def __init__(self, project: Path, store: Path) -> None:
        self.project, self.store = project, store
        self._known: dict[str, list[int | str]] = self._read()
        self._changed = False

    def _read(self) -> dict[str, list[int | str]]:
        try:
            known = read_json(self.store)
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def sha256(self, path: str) -> str:
        """The sha256 of a file's bytes. Raises OSError when it cannot be read."""
        file = os.path.join(self.project, path)  # noqa: PTH118 - called for each of 100,000 files
        stat = os.stat(file)  # noqa: PTH116
        stamp: list[int | str] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        known = self._known.get(path)
        if known and known[:3] == stamp:
            return str(known[3])
        value = sha256_file(Path(file))
        if time.time() - max(stat.st_mtime, stat.st_ctime) > RACY_SECONDS:
            self._known[path] = [*stamp, value]
            self._changed = True
        return value

    def save(self) -> None:
        """Keep what was learnt. Two processes may do this at once: the last one wins, and nothing but time is lost."""
        if self._changed:
            write_json(self.store, self._known)
            self._changed = False

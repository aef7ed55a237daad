"""Sources: files, records and commits -> documents, and why each other one gave none."""

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loramake.errors import DataError, SourceError
from loramake.files import read_json
from loramake.places import all_brought
from loramake.readers.parsed import Parsed, Refused
from loramake.readers.reading import File, Readings, listed_file
from loramake.recipe.source import Sources
from loramake.records import Counts, Document, Writer

_log = logging.getLogger(__name__)


def sources(
    spec: Sources, *, contents: Path, documents: Path, dropped: Path, parsed: Path, places: Path, threads: int = 1
) -> Counts:
    """Write what `spec` reads to `documents`, and what gave none to `dropped` with its reason.

    The files are those that `contents/<digest>.json` lists; their readings are kept under `parsed`, by content, and
    those from elsewhere under `places`. Raises DataError when a file has changed since, or when nothing is left;
    SourceError for a source with `on_error: fail`.
    """
    listed = list(_listed(spec, contents, parsed, places))
    readings = Readings()
    readings.read(listed, threads)
    given, dropped_files, refused_parts = 0, Counter[str](), Counter[str]()
    with Writer(documents) as made, Writer(dropped) as out:
        for file in readings.files(listed):
            given += file.count or 1
            for reader, part in readings.parts(file):
                if isinstance(part, Parsed):
                    made.write(_document(file, part, reader))
                else:
                    (refused_parts if part.part else dropped_files)[_short(part.reason)] += file.count or 1
                    out.write(_dropped(file, part), reason=part.reason)
    _log.info("parsed %d of %d files, the others were in the cache", readings.parsed, given)
    if not made.count:
        raise _nothing(given, dropped_files + refused_parts)
    return Counts(
        unit="files",
        given=given,
        passed=given - dropped_files.total(),
        dropped=dict(sorted(dropped_files.items())),
        made={"documents": made.count},
        detail={"records_refused": dict(sorted(refused_parts.items()))},
    )


def _listed(spec: Sources, contents: Path, parsed: Path, places: Path) -> Iterator[File]:
    """The files of all sources, in the order of the recipe and of their paths."""
    for name, source in spec.read.items():
        for row in all_brought(read_json(contents / f"{spec.contents[name]}.json"), places):
            yield listed_file(name, source, row, parsed)


def _document(file: File, part: Parsed, reader: str) -> Document:
    return Document(
        id=Document.identify(file.name, file.path, part.part, part.text),
        text=part.text,
        source=file.name,
        path=file.path,
        sha256=file.content,
        reader=reader,
        part=part.part,
        offset=part.offset,
        page=part.page,
        section=part.section,
        author=part.author,
        date=part.date,
        language=file.source.language or part.language,
        licence=file.source.licence,
        consent=file.source.consent,
        meta=part.meta,
    )


def _dropped(file: File, refused: Refused) -> dict[str, Any]:
    """The row of a refused file or part. Raises SourceError if the source says `on_error: fail`.

    Members of an archive that no format knows have one row, with their `count`, and stop nothing.
    """
    row = {"source": file.name, "path": file.path, "part": refused.part, "sha256": file.content}
    if file.count:
        return row | {"count": file.count}
    if file.source.on_error == "fail":
        raise SourceError(
            _short(refused.reason),
            f"source '{file.name}' cannot be read: {refused.reason}",
            where=f"{file.path}: {refused.part}" if refused.part else file.path,
            hint="mend it, exclude it, or set on_error: drop",
        )
    return row


def _short(reason: str) -> str:
    return reason.split(":")[0]


def _nothing(files: int, reasons: Counter[str]) -> DataError:
    named = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    return DataError(
        f"no document came out of {files} files",
        where=f"dropped: {named}" if named else "",
        hint="every source needs a file that can be read",
    )


if __name__ == "__main__":
    from loramake import store

    store.main(sources)

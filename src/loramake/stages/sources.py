"""Sources: files, records and commits -> documents, and why each other one gave none."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from loramake.errors import DataError, SourceError
from loramake.files import read_json
from loramake.readers.formats import format_of
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.readers.parsing import Job, check_unchanged, parse
from loramake.readers.workers import finished
from loramake.recipe.model import Source, Sources
from loramake.records import Counts, Document, Writer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _File:
    """One row of a source's listing, with its reading to come: a job, or the refusal to try."""

    name: str
    source: Source
    path: str
    content: str
    reading: Job | Reading


def sources(spec: Sources, *, contents: Path, documents: Path, dropped: Path, parsed: Path, threads: int = 1) -> Counts:
    """Write what `spec` reads to `documents`, and what gave none to `dropped` with its reason.

    The files are those that `contents/<digest>.json` lists; their readings are kept under `parsed`, by content. Raises
    DataError when a file has changed since, or when nothing is left; SourceError for a source with `on_error: fail`.
    """
    files = list(_listed(spec, contents, parsed))
    failed = _parse(files, threads)
    dropped_files, refused_parts = Counter[str](), Counter[str]()
    with Writer(documents) as made, Writer(dropped) as out:
        for file in files:
            reading = _reading(file, failed)
            for part in reading.parsed:
                made.write(_document(file, part, reading.reader))
            for refused in reading.refused:
                (refused_parts if refused.part else dropped_files)[_short(refused.reason)] += 1
                out.write(_dropped(file, refused), reason=refused.reason)
    if not made.count:
        raise _nothing(len(files), dropped_files + refused_parts)
    return Counts(
        unit="files",
        given=len(files),
        passed=len(files) - dropped_files.total(),
        dropped=dict(sorted(dropped_files.items())),
        made={"documents": made.count},
        detail={"records_refused": dict(sorted(refused_parts.items()))},
    )


def _listed(spec: Sources, contents: Path, parsed: Path) -> Iterator[_File]:
    """The files of all sources, in the order of the recipe and of their paths."""
    for name, source in spec.read.items():
        for row in read_json(contents / f"{spec.contents[name]}.json"):
            content = row.get("sha256") or row["commit"]
            # A repository is read at the commit that it was planned with, wherever its branch leads by now.
            read_as = source.model_copy(update={"branch": row["commit"]}) if "commit" in row else source
            yield _File(name, source, row["path"], content, _job(row["path"], content, read_as, parsed))


def _job(path: str, content: str, source: Source, parsed: Path) -> Job | Reading:
    try:
        return Job(path, content, format_of(path, source), source, parsed)
    except SourceError as error:
        return Reading.refusal("", error)


def _parse(files: list[_File], threads: int) -> dict[Path, str]:
    """Read every file whose reading is not kept yet; those that this machine could not read, with the reason."""
    jobs: dict[Path, Job] = {}
    for file in files:
        if isinstance(file.reading, Job) and not file.reading.target.exists():
            jobs.setdefault(file.reading.target, file.reading)
    for file in files:
        if not (isinstance(file.reading, Job) and jobs.get(file.reading.target) == file.reading):
            check_unchanged(file.path, file.content, file.source)
    results = finished(parse, list(jobs.values()), threads)
    failed = {job.target: why for job, why in tqdm(results, total=len(jobs), desc="sources", disable=None) if why}
    _log.info("parsed %d of %d files, the others were in the cache", len(jobs), len(files))
    return failed


def _reading(file: _File, failed: dict[Path, str]) -> Reading:
    """What the file gives. A file that has parts, of which none gives a document, is refused as a whole besides."""
    if isinstance(file.reading, Reading):
        return file.reading
    target = file.reading.target
    if target in failed:
        return Reading("", refused=[Refused("", failed[target])])
    try:
        reading = Reading.from_json(read_json(target))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError("a damaged file in the cache", where=str(target), hint="delete it and build again") from error
    if not reading.parsed and all(refused.part for refused in reading.refused):
        reading.refused.append(Refused("", "no_records: none of its records can be used"))
    return reading


def _document(file: _File, part: Parsed, reader: str) -> Document:
    return Document(
        id=Document.identify(file.name, file.path, part.part, part.text),
        text=part.text,
        source=file.name,
        path=file.path,
        sha256=file.content,
        reader=reader,
        part=part.part,
        page=part.page,
        section=part.section,
        author=part.author,
        date=part.date,
        language=file.source.language or part.language,
        licence=file.source.licence,
        meta=part.meta,
    )


def _dropped(file: _File, refused: Refused) -> dict[str, str]:
    """The row of a refused file or part. Raises SourceError if the source says `on_error: fail`."""
    if file.source.on_error == "fail":
        raise SourceError(
            _short(refused.reason),
            f"source '{file.name}' cannot be read: {refused.reason}",
            where=f"{file.path}: {refused.part}" if refused.part else file.path,
            hint="mend it, exclude it, or set on_error: drop",
        )
    return {"source": file.name, "path": file.path, "part": refused.part, "sha256": file.content}


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

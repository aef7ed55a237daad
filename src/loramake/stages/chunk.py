"""Chunk: documents -> passages that know where they stand."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tqdm import tqdm

from loramake.chunking.cut import Piece, cut
from loramake.chunking.scales import Characters, Ruler, Tokens, load_encoder
from loramake.cleaning.markdown import Heading, Span, fences, headings
from loramake.cleaning.workers import ordered_map
from loramake.errors import DataError
from loramake.files import digest
from loramake.recipe.model import Chunking
from loramake.records import OF_THE_WHOLE, PAGE_BREAK, Chunk, Counts, Document, Writer, parts, read_records

_PARALLEL_BYTES = 4_000_000  # below, processes take longer to start than to work

Passages = list[tuple[Chunk, int]]  # with their length in units


def chunk(spec: Chunking, *, documents: Path, chunks: Path, threads: int = 1) -> Counts:
    """Write the passages of `documents` to `chunks`, in order; the file does not depend on `threads`.

    A document of white space has none, and is dropped as `empty`. Raises DataError when no document has any, or the
    tokenizer cannot be loaded.
    """
    ruler_of(spec)
    processes = threads if sum(part.stat().st_size for part in parts(documents)) >= _PARALLEL_BYTES else 1
    lengths: list[int] = []
    passed = empty = 0
    with Writer(chunks) as out:
        read = read_records(Document, documents)
        made = ordered_map(
            partial(chunk_batch, spec), read, weigh=lambda document: len(document.text), processes=processes
        )
        for passages in tqdm(made, desc="chunk", unit=" documents", disable=None):
            passed, empty = passed + bool(passages), empty + (not passages)
            for passage, length in passages:
                out.write(passage)
                lengths.append(length)
    if not lengths:
        raise DataError("no document has a passage", where=str(documents), hint=f"{empty} documents are empty")
    detail = {"longest": max(lengths), "mean": round(sum(lengths) / len(lengths), 1)}
    dropped = {"empty": empty} if empty else {}
    return Counts("documents", passed + empty, passed, dropped=dropped, made={"chunks": len(lengths)}, detail=detail)


def ruler_of(spec: Chunking) -> Ruler:
    """What `spec` counts in."""
    return Characters if spec.tokenizer is None else partial(Tokens, load_encoder(spec.tokenizer))


def chunk_batch(spec: Chunking, documents: list[Document]) -> list[Passages]:
    """The passages of each of `documents`, with their lengths in units."""
    ruler = ruler_of(spec)
    return [list(_passages(spec, ruler, document)) for document in documents]


def _passages(spec: Chunking, ruler: Ruler, document: Document) -> Iterator[tuple[Chunk, int]]:
    text = document.text
    code = fences(text)
    heads = headings(text, code)
    leads = _leads(text, heads)
    page, counted = document.page, 0
    # A conversation is never cut, nor is a long list written a thousand times.
    without = {name: value for name, value in document.meta.items() if name not in OF_THE_WHOLE}
    for index, piece in enumerate(_pieces(spec, ruler, text, code, heads)):
        if page is not None:
            page += text.count(PAGE_BREAK, counted, piece.start)
            counted = piece.start
        passage = Chunk(
            id=digest(["chunk", document.id, piece.start, piece.end, text[piece.start : piece.end]]),
            text=text[piece.start : piece.end],
            document=document.id,
            start=piece.start,
            end=piece.end,
            index=index,
            source=document.source,
            path=document.path,
            part=document.part,
            page=page,
            section=_section(heads, leads, piece.start) or document.section,
            meta=without if index else document.meta,
        )
        yield passage, piece.units


def _pieces(spec: Chunking, ruler: Ruler, text: str, code: list[Span], heads: list[Heading]) -> Iterator[Piece]:
    bound = {_body(text, head.end) for head in heads}
    whole = sorted([*code, *((head.start, head.end) for head in heads)])
    for start, end, floor in _sections(text, heads) if spec.by == "heading" else [(0, len(text), 0)]:
        yield from cut(
            text, (start, end), ruler, size=spec.size, overlap=spec.overlap, floor=floor, whole=whole, bound=bound
        )


def _sections(text: str, heads: list[Heading]) -> Iterator[tuple[int, int, int]]:
    """The stretches from a heading to the next, with the place where their body begins.

    A heading without a body of its own stays with what follows it.
    """
    start = body = 0
    for head in heads:
        if text[body : head.start].strip():
            yield start, head.start, body
            start = head.start
        body = head.end
    yield start, len(text), body


def _section(heads: list[Heading], leads: list[int], start: int) -> str | None:
    """The path of headings to what a passage at `start` says; of headings that it begins with, the last one."""
    number = bisect_right(heads, start, key=lambda head: head.start) - 1
    if number < 0:
        return None
    return " > ".join(heads[leads[number] if heads[number].start == start else number].path)


def _leads(text: str, heads: list[Heading]) -> list[int]:
    """For each heading the number of the one whose body comes next: its own, unless it has none."""
    leads = list(range(len(heads)))
    for number in reversed(leads[:-1]):
        if not text[heads[number].end : heads[number + 1].start].strip():
            leads[number] = leads[number + 1]
    return leads


def _body(text: str, position: int) -> int:
    """The first character from `position` on that is no white space."""
    while position < len(text) and text[position].isspace():
        position += 1
    return position


if __name__ == "__main__":
    from loramake import store

    store.main(chunk)

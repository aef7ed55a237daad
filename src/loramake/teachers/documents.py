"""Whole documents, put together again from their passages."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from loramake.records import Chunk

MOST_CHARACTERS = 2_000_000


def whole_documents(chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, int]]:
    """Each document as one passage, with the number of those that it was cut into.

    The passages of a document are neighbours, in order; what two of them share stands in the document once.
    """
    for _, group in groupby(chunks, key=lambda chunk: (chunk.source, chunk.path, chunk.part, chunk.document)):
        passages = list(group)
        first = passages[0]
        parts: list[str] = []
        end = first.start
        for passage in passages:
            if passage.start > end and parts:
                parts.append("\n\n")
            parts.append(passage.text[max(0, end - passage.start) :])
            end = max(end, passage.end)
        yield replace(first, text="".join(parts), end=end, section=None), len(passages)

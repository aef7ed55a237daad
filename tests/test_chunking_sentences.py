import time
from itertools import pairwise

import pytest

from loramake.chunking.sentences import sentence_starts


def sentences(text: str) -> list[str]:
    starts = [0, *sentence_starts(text, 0, len(text)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(starts)]


@pytest.mark.parametrize(
    "parts",
    [
        ["One.", "Two!", "Three?", "Four…", "Five."],
        ['He said "Stop."', "Then (it was late.)", "He left."],
        ["It costs 5.", "10 are left."],
        ["Ask Dr. Smith, e.g. about No. 5 of vs. and J. R. R. Tolkien.", "Done."],
        ["Use version 3.11. or newer of example.org now.", "Done."],
        ["In 1999.", "Then no.", "Yes."],
        ["Wait...", "What?!", "Über alles."],
        ["1. First thing.", "2. Second thing."],
        ["これは文です。", "次の文です！", "終わり"],
        ["A paragraph.", "`code` begins one.", "«Quotes» do."],
    ],
)
def test_sentences(parts):
    assert sentences(("" if parts[-1] == "終わり" else "\n").join(parts)) == parts


@pytest.mark.parametrize("piece", [".", '."', ". ", "1. ", ".\n", "。", "。」", "A. "])
def test_a_million_stops_take_linear_time(piece):
    begin = time.process_time()
    list(sentence_starts(piece * (1_000_000 // len(piece)), 0, 1_000_000))
    assert time.process_time() - begin < 4

"""Compression: a passage cut to a budget at the ends of sentences, with what matters most kept, in order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from loramake.errors import DataError
from loramake.recipe.task import Budget
from loramake.records import PAGE_BREAK
from loramake.teachers.rules.sentences import split_sentences

GAP = "[…]"
CHARACTERS_A_TOKEN = 4

MOST_FAILURES = 50  # paragraphs that are tried in vain before the rest is left out

Measure = Callable[[str], int]
Kept = dict[int, int]  # how many of the first parts of which paragraph

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_LINES = re.compile(r"\s*(?:[|>]|[-*+•] |\d{1,3}[.)] |`{3}|~{3})")
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = """
about above after again also been before being between both could does down each even ever every from have having here
into itself just less like made make many more most much must need none only other over same should some such than that
their them then there these they this those through under until very well were what when where whether which while
will with within without would your
"""


def characters(text: str) -> int:
    """The length of a text in characters."""
    return len(text)


def tokens(text: str) -> int:
    """The length of a text in tokens, by the simple measure of four characters for each, rounded up."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def measure_of(budget: Budget) -> Measure:
    """What a budget counts in. Raises DataError when its tokenizer cannot be loaded."""
    if budget.tokenizer is not None:
        return partial(_encoded, budget.tokenizer)
    return characters if budget.unit == "characters" else tokens


def words_of(*texts: str) -> frozenset[str]:
    """The words of a rubric that say what it is about: of four letters or more, as `stems`."""
    common = frozenset(_COMMON.split())
    said = (word for text in texts for word in _WORD.findall(text.lower()) if word not in common)
    return frozenset(map(_stem, said))


def stems(*texts: str) -> frozenset[str]:
    """All words of `texts`, in small letters, without the s of a plural."""
    return frozenset(_stem(word) for text in texts for word in re.findall(r"\w+", text.lower()))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@dataclass(frozen=True, slots=True)
class Compressor:
    """Cuts texts to `most` units of `measure`; paragraphs with any of `words` come before others."""

    most: int
    measure: Measure
    words: frozenset[str] = frozenset()

    def __call__(self, text: str) -> str:
        """`text` itself if it is short enough, else the parts of it that matter most, gaps marked by […].

        Never above the budget; of what is short enough already, nothing changes.
        """
        if self.measure(text) <= self.most:
            return text
        paragraphs = _paragraphs(text)
        order = _by_importance(paragraphs, self.words)
        count = _largest(len(order), lambda count: self._fits(paragraphs, _whole(paragraphs, order[:count])))
        kept = _whole(paragraphs, order[:count])
        failed = 0
        for number in order[count:]:
            more = self._with(kept, paragraphs, number)
            failed += more == kept
            kept = more
            if failed == MOST_FAILURES:
                break
        return _written(paragraphs, kept) if kept else self._cut(text)

    def _fits(self, paragraphs: Sequence["_Paragraph"], kept: Kept) -> bool:
        return self.measure(_written(paragraphs, kept)) <= self.most

    def _with(self, kept: Kept, paragraphs: Sequence["_Paragraph"], number: int) -> Kept:
        """`kept` with as many of a paragraph's first parts as there is room for, below its heading where that fits."""
        paragraph = paragraphs[number]
        above = paragraph.heading
        bases = [kept] if above is None or above in kept else [{**kept, above: 1}, kept]
        for base in bases:
            if count := self._room(paragraphs, base, number):
                return {**base, number: count}
        return kept

    def _room(self, paragraphs: Sequence["_Paragraph"], base: Kept, number: int) -> int:
        """How many of a paragraph's parts fit beside `base`."""
        parts = len(paragraphs[number].parts)
        return _largest(parts, lambda count: self._fits(paragraphs, {**base, number: count}))

    def _cut(self, text: str) -> str:
        """The beginning of a text without a sentence that is short enough."""
        length = _largest(
            min(len(text), 64 * self.most), lambda length: self.measure(f"{text[:length]} {GAP}") <= self.most
        )
        words = text[:length].rpartition(" ")[0] or text[:length]
        cut = f"{words.strip()} {GAP}".strip()
        return cut if self.measure(cut) <= self.most else ""


def _largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to `most` that fits, or 0; a smaller one fits when a larger one does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph in its parts: sentences, or lines of a table, list or code; `heading` is the number of its own."""

    parts: tuple[str, ...]
    glue: str
    heading: int | None
    is_heading: bool


def _paragraphs(text: str) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    heading: int | None = None
    for block in _BLANK.split(text.replace(PAGE_BREAK, "\n\n").strip()):
        if not block.strip():
            continue
        if _HEADING.match(block):
            title, _, rest = block.partition("\n")
            heading = len(found)
            found.append(_Paragraph((title.rstrip(),), " ", None, True))
            block = rest
        if block.strip():
            in_lines = _LINES.match(block) is not None
            parts = block.split("\n") if in_lines else split_sentences(block.strip())
            found.append(_Paragraph(tuple(parts), "\n" if in_lines else " ", heading, False))
    return found


def _by_importance(paragraphs: Sequence[_Paragraph], words: frozenset[str]) -> list[int]:
    """The numbers of the paragraphs, what matters most first.

    That is the title, the first paragraph, those with words that are looked for (the more different ones, the
    earlier), those with numbers, and of equals the ones that lie spread over the text.
    """
    first = next((number for number, paragraph in enumerate(paragraphs) if not paragraph.is_heading), None)

    def rank(number: int) -> tuple[int, int, int, float]:
        paragraph = paragraphs[number]
        if number == 0 or number == first:
            return (0, number, 0, 0.0)
        said = " ".join(paragraph.parts)
        hits = len(stems(said) & words)
        return (1 if hits else 2, -hits, 0 if _NUMBER.search(said) else 1, _spread(number))

    # Other headings come with what stands below them.
    numbers = (number for number, paragraph in enumerate(paragraphs) if not (number and paragraph.is_heading))
    return sorted(numbers, key=rank)


def _spread(number: int) -> float:
    """A place in [0, 1) such that the first numbers in this order lie evenly (van der Corput's sequence, base 2)."""
    value, share = 0.0, 0.5
    while number:
        value, number, share = value + share * (number & 1), number >> 1, share / 2
    return value


def _whole(paragraphs: Sequence[_Paragraph], numbers: Sequence[int]) -> Kept:
    """All of some paragraphs, and their headings."""
    headings = {above: 1 for number in numbers if (above := paragraphs[number].heading) is not None}
    return headings | {number: len(paragraphs[number].parts) for number in numbers}


def _written(paragraphs: Sequence[_Paragraph], kept: Kept) -> str:
    """The first `kept[n]` parts of each paragraph n, in order, with a mark wherever something is missing."""
    pieces: list[str] = []
    after = 0
    for number in sorted(kept):
        if number > after and pieces[-1:] != [GAP]:
            pieces.append(GAP)
        paragraph, count = paragraphs[number], kept[number]
        pieces.append(paragraph.glue.join(paragraph.parts[:count]))
        if count < len(paragraph.parts):
            pieces.append(GAP)
        after = number + 1
    if after < len(paragraphs) and pieces[-1:] != [GAP]:
        pieces.append(GAP)
    return "\n\n".join(pieces)


def _encoded(name: str, text: str) -> int:
    return len(_tokenizer(name).encode(text, add_special_tokens=False).ids)


@cache
def _tokenizer(name: str):  # type: ignore[no-untyped-def]
    from tokenizers import Tokenizer

    file = Path(name) / "tokenizer.json"
    try:
        return Tokenizer.from_file(str(file)) if file.is_file() else Tokenizer.from_pretrained(name)
    except Exception as error:  # the library raises plain Exceptions
        reason = str(error).strip().partition("\n")[0]
        hint = "'budget.tokenizer' is a folder with a tokenizer.json, or the name of a model on the hub"
        raise DataError(f"no tokenizer to count with: {reason}", where=name, hint=hint) from None

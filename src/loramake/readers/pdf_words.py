"""Words parted by a hyphen at the end of a line -> whole words."""

import re

from loramake.records import PAGE_BREAK

_SPLIT_WORD = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\n([^\W\d_]+)")
_SPLIT_BY_PAGES = re.compile(rf"([^\W\d_]+-)\n{PAGE_BREAK}\n([^\W\d_]+)[ \n]?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Words:
    """The words of a document, which tell whether a hyphen at a line's end belongs to the word."""

    def __init__(self, text: str) -> None:
        whole = _SPLIT_WORD.sub(" ", text.replace(f"\n{PAGE_BREAK}\n", "\n"))
        self._seen = {*_WORD.findall(whole.lower())}

    def mend(self, text: str) -> str:
        """`text` without the hyphens that merely part a word at a line's end, and with its lines joined there.

        A hyphen stays if the compound stands elsewhere, or if its parts do and the whole word does not:
        `docu-\\nment` becomes `document`, `well-\\nknown` becomes `well-known`.
        """
        return _SPLIT_WORD.sub(self._mended, text)

    def mend_across_pages(self, text: str) -> str:
        """`text` whose words are whole where a page ends: on the page that they begin on."""
        return _SPLIT_BY_PAGES.sub(self._moved, text)

    def _moved(self, split: re.Match[str]) -> str:
        word = self.mend(f"{split[1]}\n{split[2]}")
        return split[0] if "\n" in word else f"{word}\n{PAGE_BREAK}\n"

    def _mended(self, split: re.Match[str]) -> str:
        first, second = split[1].lower(), split[2].lower()
        if split[1].isupper() and split[2].isupper():
            return f"{split[1]}{'' if first + second in self._seen else '-'}{split[2]}"
        if not split[2][0].islower():
            return split[0]
        is_compound = f"{first}-{second}" in self._seen or (
            first + second not in self._seen and {first, second} <= self._seen
        )
        return f"{split[1]}-{split[2]}" if is_compound else split[1] + split[2]

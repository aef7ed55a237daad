"""Tables -> questions about their cells, or about whole rows when the columns' heads are no nouns."""

import re
from collections.abc import Iterator, Sequence

from loramake.teachers.rules.english import (
    AUXILIARIES,
    DETERMINERS,
    NUMBERS,
    PREPOSITIONS,
    VERBS,
    base_form,
    in_first_person,
    is_plural,
    lowered,
)
from loramake.teachers.rules.fields import key_inside
from loramake.teachers.rules.pairs import Proposal, Rank

LONGEST_HEAD = 40  # characters
LONGEST_CELL = 14  # words
LONGEST_LABEL = 10  # words

_TRANSITIVE = frozenset(
    ("allows", "contains", "costs", "covers", "gets", "includes", "measures", "needs", "requires", "shows", "uses")
)
_NOUNS_TOO = frozenset(("cost", "limit", "support", "answer", "measure", "use", "order", "process", "work"))
_NO_HEADS = (
    PREPOSITIONS
    | DETERMINERS
    | AUXILIARIES
    | (VERBS - _NOUNS_TOO)
    | {"who", "what", "how", "when", "where", "which", "why", "remark", "remarks", "note", "notes", "typical"}
)
_YES_OR_NO = frozenset(("yes", "no", "x", "✓", "✗", "–", "-"))
_MEANINGS = frozenset(("meaning", "means", "definition", "description"))


def propose_from_table(rows: Sequence[Sequence[str]], topic: str, text: str) -> Iterator[Proposal]:
    """Questions about a table whose first row is its head and whose first column names the rows."""
    if len(rows) < 2 or len(rows[0]) < 2 or not all(0 < len(cell) < LONGEST_HEAD for cell in rows[0]):
        return
    head, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0]) and row[0]]
    columns = [index for index in range(1, len(head)) if _is_noun(head[index], [row[index] for row in body])]
    labels = [row[0] for row in body]
    for number, row in enumerate(body):
        name = _named(row[0], head[0], labels, text)
        cells = [(key_inside(head[index]), row[index].rstrip(".; ")) for index in columns]
        asked = [_cell(column, cell, name) for column, cell in cells if cell]
        # Each row is asked about another column first, so that a few questions show all of them.
        turn = number % max(len(asked), 1)
        for question, answer in asked[turn:] + asked[:turn]:
            yield Proposal(Rank.CELL, in_first_person(question), f"{answer}.", fact=" | ".join(row))
        yield from _row(head, row, topic)


def _is_noun(head: str, cells: Sequence[str]) -> bool:
    first = head.split()[0].lower()
    return (
        first not in _NO_HEADS
        and head.split()[-1] not in PREPOSITIONS
        and re.fullmatch(r"[^\W\d][\w ’'/-]*", head) is not None
        and not first.endswith("ed")
        and (not base_form(first) or first in _TRANSITIVE | _MEANINGS | {f"{noun}s" for noun in _NOUNS_TOO})
        and all(cell.lower() not in _YES_OR_NO and len(cell.split()) <= LONGEST_CELL for cell in cells)
    )


def _named(label: str, column: str, labels: Sequence[str], text: str) -> str:
    if all(other.isdigit() for other in labels):
        return f"{column.lower()} {label}"
    if all(other[:1].islower() for other in labels):
        return f'the {column.lower()} "{label}"' if " " not in column else f'"{label}"'
    if " " not in label:
        return lowered(label, text)
    first, _, rest = label.partition(" ")
    simple = first.istitle() and rest.islower() and len(rest.split()) <= 7 and not re.search(r"[,;:()/\"]", label)
    return label[:1].lower() + label[1:] if simple else f'"{label}"'


def _cell(column: str, value: str, name: str) -> tuple[str, str]:
    subject = name[:1].upper() + name[1:]
    if column in _MEANINGS:
        return f"What does {name} mean?", f"{subject} means{':' if value[:1].isupper() else ''} {value}"
    if column in _TRANSITIVE:
        return f"What does {name} {base_form(column)}?", f"{subject} {column} {value}"
    if not is_plural(column):
        whole = f"{column} {'of' if column in ('price', 'cost') else 'for'} {name}"
        return f"What is the {whole}?", f"The {whole} is {value}"
    if re.fullmatch(NUMBERS, value):
        counted = f"is 1 {column.removesuffix('s')}" if value == "1" else f"are {value} {column}"
        return f"How many {column} are there for {name}?", f"There {counted} for {name}"
    return f"What are the {column} for {name}?", f"The {column} for {name} are {value}"


def _row(head: Sequence[str], row: Sequence[str], topic: str) -> Iterator[Proposal]:
    stripped = [(key_inside(name), cell.rstrip(".; ")) for name, cell in zip(head[1:], row[1:], strict=True)]
    cells = [(name, cell) for name, cell in stripped if cell]
    if not topic or not cells or len(row[0].split()) > LONGEST_LABEL or any(cell[0] == "(" for _, cell in cells):
        return
    if len(head) == 2:
        told = f'the entry for "{row[0]}" reads "{cells[0][1]}"'
    else:
        told = f'the entries for "{row[0]}" are {"; ".join(f"{name}: {cell}" for name, cell in cells)}'
    question = f'What is listed for "{row[0]}" under "{topic}"?'
    yield Proposal(Rank.ROW, question, f'Under "{topic}", {told}.', fact=" | ".join(row))

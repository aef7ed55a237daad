"""Worked examples: what a teacher is shown as if it had been asked and had answered."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from loramake.errors import DataError
from loramake.teachers.checks import in_schema_order, mismatch

Shot = tuple[dict[str, Any], str]

# What a row need not say.
EMPTY: dict[str, Any] = {"section": "", "path": "", "meta": {}, "item": None, "above": [], "results": {}}
# Where a part of the answer stands for the whole of it.
SHORTHANDS: dict[str, tuple[str, type]] = {"qa": ("pairs", list), "rewrite": ("text", str)}


def shots_of(
    rows: Any,
    schema: Mapping[str, Any],
    *,
    where: str,
    kind: str,
    shorten: Callable[[str], str],
    more: Sequence[str] = (),
) -> list[Shot]:
    """The values of a passage and the answer, of each row; `more` names what rows may hold besides a passage.

    Raises DataError for a row that is no example, or whose answer is not what `schema` asks for.
    """
    shots = []
    known = ("section", "path", "meta", *more)
    for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
        place = f"{where}, examples, number {number}"
        text, answer = row.get("text"), row.get("answer")
        if not isinstance(text, str) or answer is None or set(row) - {"text", "answer", *known}:
            hint = f"an example has text and answer, and may have {', '.join(known)}"
            raise DataError("not a worked example", where=place, hint=hint)
        name, shape = SHORTHANDS.get(kind, ("", dict))
        answer = {name: answer} if name and isinstance(answer, shape) else answer
        if fault := mismatch(answer, schema):
            raise DataError(f"the answer is not what is asked for: {fault}", where=place)
        given = {key: row[key] for key in known if key in row}
        values = {key: EMPTY[key] for key in known} | given | {"text": shorten(text)}
        shots.append((values, json.dumps(in_schema_order(answer, schema), ensure_ascii=False)))
    return shots

"""Why a stage is stale, in the recipe's words: what changed between the slice built last and the one planned."""

from collections.abc import Iterator, Mapping
from typing import Any

from loramake.contents import differences
from loramake.errors import StoreError
from loramake.files import canonical_json, read_json
from loramake.plan import PLAN, read_slice

SHOWN_CHARS = 40


def reasons(stage: str, slice_: Mapping[str, Any], last: Mapping[str, str], stale: set[str]) -> list[str]:
    """Why `stage` is not built, given the keys of the last build and the stages of this one that are stale.

    Never empty.
    """
    if stage not in last:
        return ["never built"]
    try:
        before = read_slice(last[stage])
    except StoreError:
        return ["the plan of the last build is gone"]
    found = list(_changes(stage, before, slice_))
    found += [f"{up} changes" for up in slice_["upstream"] if up in stale and before["upstream"].get(up)]
    found += [f"{up} is new" for up in slice_["upstream"] if up not in before["upstream"]]
    found += [f"{up} is gone" for up in before["upstream"] if up not in slice_["upstream"]]
    return found or ["its result is gone" if before == slice_ else "another build of it was the last one"]


def _changes(stage: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["version"] != after["version"]:
        yield f"{stage} version {before['version']} -> {after['version']}"
    old, new = before["spec"], after["spec"]
    if stage == "sources":
        yield from _changed_contents(old["contents"], new["contents"])
        old, new = old["read"], new["read"]
    yield from _differing(stage, old, new)
    for name, value in after.get("models", {}).items():
        if before.get("models", {}).get(name, value) != value:
            yield f"the files of {stage}.{name} changed"


def _changed_contents(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for source, listing in new.items():
        if old.get(source, listing) != listing:
            before, after = (_listing(name) for name in (old[source], listing))
            changed = list(differences(before, after))
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            yield f"{source}: {', '.join(changed[:3])}{more}"


def _listing(name: str) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = read_json(PLAN / "contents" / f"{name}.json")
    except FileNotFoundError:
        return []
    return rows


def _differing(path: str, old: Any, new: Any) -> Iterator[str]:
    """Every leaf that differs, as `train.lora.rank: 16 -> 32`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _differing(f"{path}.{key}", old.get(key), new.get(key))
    elif old != new:
        yield f"{path}: {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    """A value in a few words; a text of several lines by its length."""
    if value is None:
        return "nothing"
    if isinstance(value, str) and "\n" in value:
        return f"{len(value)} characters"
    text = value if isinstance(value, str) else canonical_json(value)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}..."

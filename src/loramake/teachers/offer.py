"""A preview in words, for a terminal: what would be asked, what it would cost, and what nobody can know yet."""

from collections.abc import Iterator

from loramake.recipe.model import Synthesize
from loramake.teachers.preview import Estimate, Preview
from loramake.teachers.purse import dollars
from loramake.teachers.tokens import Range


def offer(seen: Preview, spec: Synthesize, recipe: str) -> list[str]:
    """The lines about `seen`."""
    if not seen.tasks:
        return ["asks nobody: the answers are in the records"]
    rows: list[tuple[str, ...]] = [("task", "at hand", "to pay", "tokens in", "tokens out")]
    rows += [_row(task) for task in seen.tasks]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [f"asks {seen.place}", *(f"  {line}" for line in table), *_cost(seen), *_notes(seen, spec, recipe)]


def _row(task: Estimate) -> tuple[str, ...]:
    paying = bool(task.calls.high)
    tokens = [_span(task.sent), _span(task.output, known=bool(task.samples))] if paying else ["", ""]
    return (task.task, f"{task.at_hand:,}", _span(task.calls) if paying else "0", *tokens)


def _span(range_: Range, *, known: bool = True) -> str:
    low, middle, high = (round(value) for value in (range_.low, range_.middle, range_.high))
    if not known:
        return f"up to {high:,}"
    return f"{middle:,}" if low == high else f"{middle:,} ({low:,} to {high:,})"


def _cost(seen: Preview) -> Iterator[str]:
    if seen.usd is None:
        yield f"nobody knows what {seen.place} costs: give its price in prices.yaml"
        if seen.limit is not None and seen.to_pay.high:
            yield "and 'synthesize.limit.spend_usd' is set: nothing is asked before the price is known"
        return
    if not seen.source:
        yield "free: it runs here, or near, and prices.yaml does not say otherwise"
        return
    known = all(task.samples for task in seen.tasks if task.calls.high)
    low, middle, high = (dollars(usd) for usd in (seen.usd.low, seen.usd.middle, seen.usd.high))
    if not seen.to_pay.high:
        yield "nothing is left to pay"
    elif known:
        yield f"about {middle} to pay, {low} to {high} ({seen.source})"
    else:
        yield f"{low} to {high} to pay ({seen.source})"
    limit = f" of {seen.limit:g} USD" if seen.limit is not None else ""
    yield f"spent by this recipe so far: {dollars(seen.spent)}{limit}"


def _notes(seen: Preview, spec: Synthesize, recipe: str) -> Iterator[str]:
    unknown = [task.task for task in seen.tasks if task.calls.high and not task.samples]
    if unknown:
        chained = [name for name in unknown if spec.tasks[name].stages]
        yield f"{', '.join(unknown)}: no answer yet to learn from, so an answer may have any length up to 'max_tokens'"
        if chained:
            yield f"{', '.join(chained)}: stages after the first are not counted: they follow from its answers"
        yield f"loramake plan {recipe} --pilot 20 asks 20 of them, keeps the answers, and tells more"
    if seen.hourly and seen.to_pay.high:
        yield "the price depends on the hour: the lowest is all at the cheapest, the highest all at the dearest"
    if seen.limit is None or seen.usd is None or not seen.to_pay.high:
        return
    left = seen.limit - seen.spent
    if seen.usd.high > left:
        word = "will" if (seen.usd.low if unknown else seen.usd.middle) > left else "may"
        yield f"the limit {word} stop it; what is answered until then is kept, and raising it goes on from there"

"""The preview: what a recipe's calls will cost, as far as can be told before they are paid for."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from loramake.recipe.model import Synthesize
from loramake.records import Chunk, read_records
from loramake.teachers.asking import in_order
from loramake.teachers.calls import Answer, Call
from loramake.teachers.connected import connected
from loramake.teachers.endpoint import Endpoint
from loramake.teachers.keys import place_of
from loramake.teachers.ledger import Ledger, bytes_per_token, ledger_of
from loramake.teachers.prices import Prices, load_prices, now
from loramake.teachers.tasks import Item, Made, items_of, kinds_of, make
from loramake.teachers.tokens import Count, Line, Range, counted, guessed, load_count
from loramake.teachers.usage import Tokens, tokens_of

LEAST_OF_A_TASK = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """One item of a task: the size of its first request, the calls and tokens of it that are at hand.

    `first` names the first request that has no answer; "" when all are at hand.
    """

    size: float
    calls: int
    tokens: Tokens
    first: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One task: calls `at_hand`, and what remains to be paid. `samples` is how many items it was learnt from.

    `shares` of what is sent are read from the provider's cache, and written to it.
    """

    task: str
    at_hand: int
    calls: Range
    sent: Range
    output: Range
    shares: tuple[float, float] = (0.0, 0.0)
    samples: int = 0

    def tokens(self, end: str) -> Tokens:
        """The tokens at the `low`, `middle` or `high` end."""
        sent, (cached, written) = getattr(self.sent, end), self.shares
        return Tokens(sent * (1 - cached - written), sent * cached, sent * written, getattr(self.output, end))


@dataclass(frozen=True, slots=True)
class Preview:
    """What is to be paid, task by task. Amounts are US dollars; `usd` is None when there is no price.

    `source` is where the price stands, and `hourly` whether it depends on the hour. `spent` is what the recipe has paid
    in all its runs, and `limit` what it may.
    """

    place: str
    tasks: list[Estimate]
    usd: Range | None
    source: str
    hourly: bool
    spent: float
    limit: float | None

    @property
    def to_pay(self) -> Range:
        """Calls to pay for."""
        return sum((estimate.calls for estimate in self.tasks), Range())


class _UnknownError(Exception):
    """A call whose answer is not at hand."""


class _Replay:
    """A teacher that knows the journal and nobody else, and takes notes of one item."""

    def __init__(self, endpoint: Endpoint, count: Count | None) -> None:
        self._endpoint, self._count = endpoint, count
        self.calls, self.tokens, self.size, self.first = 0, Tokens(), 0.0, ""

    def knows(self, call: Call) -> bool:
        """As in Teacher."""
        return self._endpoint.knows(call)

    def answer(self, call: Call) -> Answer:
        """As in Teacher, from the journal; raises _UnknownError."""
        name, body, answer = self._endpoint.look(call)
        if not self.size:
            text = "\n".join(message["content"] for message in call.messages)
            self.size = float(self._count(text) if self._count else len(json.dumps(body, ensure_ascii=False).encode()))
        if answer is None:
            self.first = name
            raise _UnknownError
        self.calls += 1
        self.tokens += tokens_of(answer.usage) or Tokens()
        return answer


def preview(spec: Synthesize, *, chunks: Path, calls: Path, recipe: str) -> Preview:
    """What `spec`'s calls about `chunks` will cost; nobody is asked. Raises DataError when a task is wrong."""
    prices = load_prices()
    with (
        Ledger(ledger_of(calls, recipe)) as ledger,
        connected(spec, calls=calls, recipe=recipe, stop=Event()) as endpoint,
    ):
        row = prices.row(spec.model, now())
        count = load_count(row.tokenizer) if row and row.tokenizer else None
        seen: dict[str, list[Seen]] = {task: [] for task in spec.tasks}
        for item in _items(spec, chunks):
            if (one := _looked_at(item, endpoint, spec.retries, count)) is not None:
                seen[item.task].append(one)
        ledger.look()
        guess = counted if count else partial(guessed, each=bytes_per_token(calls, place_of(spec.model)))
        tasks = [_estimate(spec, task, items, guess) for task, items in seen.items()]
        asking = [task for task in tasks if task.at_hand or task.calls.high]
        return _priced(spec, prices, asking, ledger.counted)


def pilot(spec: Synthesize, *, chunks: Path, calls: Path, recipe: str, count: int) -> int:
    """Ask about `count` passages, evenly spread over those of every task that have no answer yet; how many they were.

    The answers go into the journal, where the stage finds them. Raises TeacherError as the stage does.
    """
    stop = Event()
    with connected(spec, calls=calls, recipe=recipe, stop=stop) as endpoint:
        open_: dict[str, list[int]] = {}
        for number, item in enumerate(_items(spec, chunks)):
            one = _looked_at(item, endpoint, spec.retries, None)
            if one is not None and one.first:
                open_.setdefault(item.task, []).append(number)
        chosen = set(_shared_out(open_, count))
        items = (item for number, item in enumerate(_items(spec, chunks)) if number in chosen)
        work: Callable[[Item], Made] = partial(make, teacher=endpoint, retries=spec.retries)
        return sum(1 for _ in in_order(work, items, in_flight=spec.limit.in_flight, stop=stop))


def _items(spec: Synthesize, chunks: Path) -> Iterator[Item]:
    return items_of(spec.tasks, kinds_of(spec.tasks), partial(read_records, Chunk, chunks))


def _looked_at(item: Item, endpoint: Endpoint, retries: int, count: Count | None) -> Seen | None:
    if item.kind.why_not(item.chunk):
        return None
    replay = _Replay(endpoint, count)
    with suppress(_UnknownError):
        make(item, replay, retries)
    return Seen(replay.size, replay.calls, replay.tokens, replay.first) if replay.size else None


def _shared_out(open_: Mapping[str, Sequence[int]], count: int) -> Iterator[int]:
    """`count` of all numbers, evenly spread over each task's, and at least `LEAST_OF_A_TASK` of every task."""
    total = sum(map(len, open_.values()))
    for numbers in open_.values():
        share = min(len(numbers), max(LEAST_OF_A_TASK, round(count * len(numbers) / total)))
        yield from (numbers[int((place + 0.5) * len(numbers) / share)] for place in range(share))


def _estimate(spec: Synthesize, task: str, seen: Sequence[Seen], guess: Callable[[Sequence[float]], Range]) -> Estimate:
    """What remains of a task: whatever is at hand as a whole tells what the rest will be."""
    whole = [one for one in seen if not one.first and one.tokens.sent]
    # Items that ask the same are answered once.
    rest = list({one.first: one for one in seen if one.first}.values())
    sizes = [one.size for one in rest]
    had = sum((one.tokens for one in rest), Tokens())
    made = sum(one.calls for one in seen)
    if not rest:
        return Estimate(task, made, Range(), Range(), Range(), samples=len(whole))
    if not whole:
        most = len(rest) * spec.max_tokens
        few = Range(*[float(len(rest))] * 3)
        return Estimate(task, made, few, guess(sizes), Range(0.0, most, most))
    all_ = sum((one.tokens for one in whole), Tokens())
    each = Line([(1.0, one.calls) for one in whole]).total([1.0] * len(rest))
    calls = each.less(sum(one.calls for one in rest))
    calls = calls.within(len(rest), math.inf)
    output = Line([(one.size, one.tokens.output) for one in whole]).total(sizes).less(had.output)
    return Estimate(
        task,
        made,
        calls,
        Line([(one.size, one.tokens.sent) for one in whole]).total(sizes).less(had.sent),
        output.within(0.0, calls.high * spec.max_tokens),
        shares=(all_.cached / all_.sent, all_.written / all_.sent),
        samples=len(whole),
    )


def _priced(spec: Synthesize, prices: Prices, tasks: list[Estimate], spent: float) -> Preview:
    when, batch = now(), spec.limit.batch and spec.model.batches
    rates = prices.span(spec.model, when, spec.limit.hours, batch=batch)
    at = prices.at(spec.model, when, batch=batch)
    usd = None
    if rates:
        likely = at if at in rates else rates[0]
        ends = (("low", rates[0]), ("middle", likely), ("high", rates[-1]))
        usd = Range(*(math.fsum(rate.cost(task.tokens(end)) for task in tasks) for end, rate in ends))
    hourly = len(rates) > 1
    return Preview(place_of(spec.model), tasks, usd, prices.source(spec.model), hourly, spent, spec.limit.spend_usd)

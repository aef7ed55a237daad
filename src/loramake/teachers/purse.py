"""The purse: what requests cost, and when there is nothing left to pay them with."""

import json
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from loramake.errors import StoreError, TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer, Call
from loramake.teachers.keys import place_of
from loramake.teachers.ledger import Ledger, ledger_of
from loramake.teachers.pacing import StoppedError
from loramake.teachers.prices import Prices, Rate, load_prices, now
from loramake.teachers.usage import Tokens, tokens_of
from loramake.teachers.wire import Wire, WireError

log = logging.getLogger(__name__)

LOOK = 0.1
PRICES_HOLD = 60.0
PRICE_HOLDS = 1.0
# No tokenizer makes more tokens of a text than it has bytes; a chat's form adds a few to each message.
FORM = 64
CHARACTERS_PER_TOKEN = 4.0
LENGTH_KEYS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
DIGITS = 9


class Purse:
    """Pays for requests, from many threads. `limit.spend_usd` is for all runs of a recipe together.

    What may still become due counts as spent: a request is let through when the most that it can cost fits, and while
    others are in flight it waits for what they really cost. So the limit is kept to the cent as long as the model
    keeps to its longest answer, however many requests are in flight and however often runs are killed.
    """

    def __init__(self, spec: Synthesize, prices: Prices, *, ledger: Path, stop: threading.Event | None = None) -> None:
        self._model, self._limit, self._longest = spec.model, spec.limit, spec.max_tokens
        self._prices, self._stop = prices, stop or threading.Event()
        self._ledger = Ledger(ledger)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._tickets, self._ticket = count(1), secrets.token_hex(6)
        self._due: dict[str, tuple[float, int]] = {}
        self._dearest: dict[bool, tuple[float, Rate | None]] = {}
        self._present: dict[bool, tuple[float, Rate]] = {}
        self._tokens, self._usd, self._estimated = Tokens(), 0.0, 0.0
        self._characters = self._sent_tokens = 0.0
        self._ended = 0

    @property
    def requests(self) -> int:
        """How many requests this run has sent."""
        return self._ended + len(self._due)

    @property
    def spent_usd(self) -> float | None:
        """What this run has cost so far; None when nobody knows the price."""
        return self._usd if self._known else None

    @property
    def _known(self) -> bool:
        return self._dearest_rate(batch=False) is not None

    def close(self) -> None:
        """Let go of the ledger."""
        self._ledger.close()

    def take(self, request: Mapping[str, Any], *, batch: bool = False, wait: bool = True) -> str:
        """A request is about to be sent: its ticket. `wait`: for requests in flight, when it does not fit beside them.

        Raises TeacherError when the limit is reached, or when there is one and no price; StoppedError while it waits.
        """
        rate, size = self._dearest_rate(batch=batch), len(json.dumps(request, ensure_ascii=False).encode())
        if rate is None and self._limit.spend_usd is not None:
            raise self._error(
                "nobody knows what this model costs, and the recipe has a spend limit", "give its price in prices.yaml"
            )
        ticket = f"{self._ticket}-{next(self._tickets)}"
        most = rate.cost(self._most(request, size, rate)) if rate else 0.0
        if not most:
            self._due[ticket] = (most, size)
            return ticket
        with self._lock:
            while not self._fits(ticket, most):
                if not (wait and self._due):
                    raise self._empty(most)
                if self._stop.is_set():
                    raise StoppedError
                self._changed.wait(LOOK)
            self._due[ticket] = (most, size)
        return ticket

    def pay(self, ticket: str, answer: Answer, *, batch: bool = False) -> None:
        """An answer has come: its cost by its usage, or by its length when it tells none."""
        tokens, estimated = tokens_of(answer.usage), False
        rate = self._present_rate(batch=batch)
        with self._lock:
            _, size = self._due.get(ticket, (0.0, 0))
            if tokens is None and not answer.refused:
                tokens, estimated = self._guess(size, answer), True
            elif tokens:
                self._characters, self._sent_tokens = self._characters + size, self._sent_tokens + tokens.sent
            self._settle(ticket, rate.cost(tokens or Tokens()), tokens or Tokens(), estimated)

    def lose(self, ticket: str) -> None:
        """No answer came, and nobody knows whether it was paid for: the most that it can have cost counts."""
        with self._lock:
            self._settle(ticket, self._due.get(ticket, (0.0, 0))[0], Tokens(), True)

    def give_back(self, ticket: str) -> None:
        """The request was refused, or never arrived: it costs nothing."""
        with self._lock:
            self._settle(ticket, 0.0, Tokens(), False)

    def bill(self) -> dict[str, Any]:
        """What this run has cost: volatile, and so no part of a receipt. US dollars; None when there is no price."""
        with self._lock:
            self._ledger.look()
            known = self._known
            names = ("input", "cached", "written", "output")
            return {
                "model": place_of(self._model),
                "requests": self.requests,
                "tokens": {name: round(getattr(self._tokens, name)) for name in names},
                "usd": round(self._usd, DIGITS) if known else None,
                "usd_estimated": round(self._estimated, DIGITS) if known else None,
                "usd_of_recipe": round(self._ledger.counted, DIGITS) if known else None,
                "prices": self._prices.source(self._model),
            }

    def _fits(self, ticket: str, most: float) -> bool:
        with self._ledger.held():
            limit = self._limit.spend_usd
            if limit is not None and self._ledger.counted + most > limit:
                return False
            self._ledger.append({"take": ticket, "usd": round(most, DIGITS)})
        return True

    def _settle(self, ticket: str, usd: float, tokens: Tokens, estimated: bool) -> None:
        self._ended += ticket in self._due
        most, size = self._due.pop(ticket, (0.0, 0))
        if not most:
            self._ledger.look()
        # A ticket of an earlier run is open in the ledger alone; one that is not was settled before.
        if most or ticket in self._ledger.open:
            row = {"pay": ticket, "usd": round(usd, DIGITS), "model": place_of(self._model), "size": size}
            row |= {"sent": tokens.sent, "output": tokens.output} | ({"estimated": True} if estimated else {})
            with self._ledger.held():
                self._ledger.append(row)
        elif usd:
            return
        self._tokens += tokens
        self._usd += usd
        self._estimated += usd if estimated else 0.0
        self._changed.notify_all()

    def _most(self, request: Mapping[str, Any], size: int, rate: Rate) -> Tokens:
        named = [value for key in LENGTH_KEYS if isinstance(value := request.get(key), int)]
        sent, output = size + FORM, max(named, default=self._longest)
        return Tokens(written=sent, output=output) if rate.written > rate.input else Tokens(input=sent, output=output)

    def _guess(self, size: int, answer: Answer) -> Tokens:
        each = self._characters / self._sent_tokens if self._sent_tokens else CHARACTERS_PER_TOKEN
        return Tokens(input=round(size / each), output=round(len(answer.content) / CHARACTERS_PER_TOKEN))

    def _present_rate(self, *, batch: bool) -> Rate:
        until, rate = self._present.get(batch, (0.0, Rate()))
        if time.monotonic() >= until:
            rate = self._prices.at(self._model, now(), batch=batch) or Rate()
            self._present[batch] = (time.monotonic() + PRICE_HOLDS, rate)
        return rate

    def _dearest_rate(self, *, batch: bool) -> Rate | None:
        until, rate = self._dearest.get(batch, (0.0, None))
        if time.monotonic() >= until:
            rate = self._prices.most(self._model, now(), batch=batch)
            self._dearest[batch] = (time.monotonic() + PRICES_HOLD, rate)
        return rate

    def _empty(self, most: float) -> TeacherError:
        limit, counted = self._limit.spend_usd or 0.0, self._ledger.counted
        lost = sum(self._ledger.open.values())
        unknown = f" ({dollars(lost)} of it for requests whose end nobody knows)" if lost else ""
        what = (
            f"the spend limit of {limit:g} USD is reached: {dollars(counted)} are spent{unknown}, "
            f"and one more request may cost {dollars(most)}"
        )
        return self._error(what, "raise synthesize.limit.spend_usd")

    def _error(self, what: str, hint: str) -> TeacherError:
        return TeacherError(what, where=place_of(self._model), hint=hint)


class Paid:
    """A wire whose every try is paid from a purse."""

    def __init__(self, wire: Wire, purse: Purse) -> None:
        self._wire, self._purse = wire, purse

    def request(self, call: Call) -> dict[str, Any]:
        """As in Wire."""
        return self._wire.request(call)

    def send(self, request: Mapping[str, Any]) -> Answer:
        """As in Wire. Raises TeacherError, too, when the limit is reached."""
        ticket = self._purse.take(request)
        try:
            answer = self._wire.send(request)
        except WireError as error:
            settle = self._purse.lose if may_be_billed(error) else self._purse.give_back
            settle(ticket)
            raise
        except TeacherError:
            self._purse.give_back(ticket)
            raise
        except BaseException:
            self._purse.lose(ticket)
            raise
        try:
            self._purse.pay(ticket, answer)
        except StoreError as error:
            # What was answered is worth more than what it cost: it goes on counting with its reservation.
            log.warning("%s", error.what)
        return answer

    def close(self) -> None:
        """As in Wire."""
        self._wire.close()


def may_be_billed(error: WireError) -> bool:
    """Whether a try that brought no answer may have cost something: it arrived, and was not refused."""
    return error.status == 200 or (error.status is None and error.sent)


def purse_for(spec: Synthesize, *, calls: Path, recipe: str, stop: threading.Event | None = None) -> Purse:
    """The purse of a recipe whose journal is in `calls`. Raises RecipeError when prices.yaml is wrong."""
    return Purse(spec, load_prices(), ledger=ledger_of(calls, recipe), stop=stop)


def dollars(usd: float) -> str:
    """An amount with four digits that say something: `0.0012 USD`, `3.42 USD`, `120 USD`."""
    digits = 2 if usd >= 1 or not usd else 4 if usd >= 0.001 else 6
    return f"{usd:,.{digits}f} USD"

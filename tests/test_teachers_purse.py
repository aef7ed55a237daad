import errno
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer
from loramake.teachers.pacing import StoppedError
from loramake.teachers.prices import load_prices
from loramake.teachers.purse import Paid, Purse, dollars
from loramake.teachers.wire import WireError

# One USD for a million tokens in, ten for a million out: with 100,000 out at most, a request may cost a bit over 1 USD.
PRICES = "models: { m: [{ input: 1, output: 10 }] }"
REQUEST = {"model": "m", "messages": [], "max_tokens": 100_000}
MOST = (len('{"model": "m", "messages": [], "max_tokens": 100000}') + 64 + 10 * 100_000) / 1e6


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder, self.stop = folder, threading.Event()
        (folder / "prices.yaml").write_text(PRICES)

    def purse(self, limit: float | None = None, name: str = "m") -> Purse:
        model = {"url": "https://box.example/v1", "name": name}
        spec = Synthesize.model_validate({"model": model, "tasks": {"t": {}}, "limit": {"spend_usd": limit}})
        prices = load_prices(self.folder / "prices.yaml")
        return Purse(spec, prices, ledger=self.folder / "spent/r.jsonl", stop=self.stop)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def answer(out: int, **more: Any) -> Answer:
    return Answer("x" * 40, usage={"prompt_tokens": 50, "completion_tokens": out}, **more)


def test_an_answer_costs_what_it_used(bench: Bench):
    purse = bench.purse()
    purse.pay(purse.take(REQUEST), answer(1000))
    assert purse.spent_usd == pytest.approx(0.01005)
    bill = purse.bill()
    assert (bill["requests"], bill["usd"], bill["usd_of_recipe"]) == (1, 0.01005, 0.01005)
    assert bill["tokens"] == {"input": 50, "cached": 0, "written": 0, "output": 1000}


def test_an_answer_without_usage_costs_what_its_length_suggests(bench: Bench):
    purse = bench.purse()
    purse.pay(purse.take(REQUEST), Answer("x" * 400))
    bill = purse.bill()
    assert bill["usd"] == bill["usd_estimated"] == pytest.approx((13 + 10 * 100) / 1e6)


def test_a_request_that_does_not_fit_is_refused_with_the_way_on(bench: Bench):
    with pytest.raises(TeacherError) as raised:
        bench.purse(1.0).take(REQUEST)
    assert str(raised.value).splitlines() == [
        "the spend limit of 1 USD is reached: 0.00 USD are spent, and one more request may cost 1.00 USD",
        "  m at https://box.example/v1",
        "  raise synthesize.limit.spend_usd",
    ]


def test_what_is_in_flight_makes_others_wait_and_not_fail(bench: Bench):
    purse = bench.purse(1.5)
    first, taken = purse.take(REQUEST), []
    waiting = threading.Thread(target=lambda: taken.append(purse.take(REQUEST)))
    waiting.start()
    time.sleep(0.05)
    assert taken == []
    purse.pay(first, answer(1000))
    waiting.join(5)
    assert len(taken) == 1
    purse.pay(taken[0], answer(50_000))
    with pytest.raises(TeacherError, match=r"0\.5101 USD are spent"):
        purse.take(REQUEST)


def test_whoever_does_not_want_to_wait_is_told_at_once(bench: Bench):
    purse = bench.purse(1.5)
    purse.take(REQUEST)
    with pytest.raises(TeacherError, match="spend limit"):
        purse.take(REQUEST, wait=False)


def test_a_stop_ends_the_wait(bench: Bench):
    purse = bench.purse(1.5)
    purse.take(REQUEST)
    bench.stop.set()
    with pytest.raises(StoppedError):
        purse.take(REQUEST)


def test_a_run_that_was_killed_has_spent_what_it_had_in_flight(bench: Bench):
    bench.purse(1.5).take(REQUEST)
    with pytest.raises(
        TeacherError, match=r"1\.00 USD are spent \(1\.00 USD of it for requests whose end nobody knows"
    ):
        bench.purse(1.5).take(REQUEST)
    bench.purse(2.5).take(REQUEST)


@pytest.mark.parametrize(("out", "usd"), [(None, 0.0), (1000, 0.01005)])
def test_a_later_run_settles_what_an_earlier_one_took(bench: Bench, out: int | None, usd: float):
    ticket, later = bench.purse().take(REQUEST), bench.purse()
    later.pay(ticket, answer(out)) if out else later.give_back(ticket)
    assert later.bill()["usd_of_recipe"] == pytest.approx(usd)
    bench.purse().pay(ticket, answer(1000))
    assert bench.purse().bill()["usd_of_recipe"] == pytest.approx(usd)


def test_a_limit_that_comes_later_counts_what_was_spent_before(bench: Bench):
    before = bench.purse()
    for _ in range(3):
        before.pay(before.take(REQUEST), answer(50_000))
    with pytest.raises(TeacherError, match=r"1\.50 USD are spent"):
        bench.purse(2.0).take(REQUEST)


def test_many_threads_never_spend_more_than_the_limit(bench: Bench):
    purse, spent, lock = bench.purse(20.0), [0.0], threading.Lock()

    def work() -> None:
        try:
            while True:
                ticket = purse.take(REQUEST)
                with lock:
                    spent[0] += 0.50005
                purse.pay(ticket, answer(50_000))
        except (TeacherError, StoppedError):
            return

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert 20.0 - MOST < spent[0] <= 20.0 and purse.spent_usd == pytest.approx(spent[0])


def test_a_model_without_a_price_is_counted_in_tokens(bench: Bench):
    purse = bench.purse(name="unknown")
    purse.pay(purse.take(REQUEST), answer(10))
    assert purse.spent_usd is None and not (bench.folder / "spent").exists()
    assert purse.bill()["usd"] is None and purse.bill()["tokens"]["output"] == 10
    with pytest.raises(TeacherError, match=r"give its price in prices\.yaml"):
        bench.purse(5.0, name="unknown").take(REQUEST)


class Wire:
    """Gives out `ends`, one after the other."""

    def __init__(self, *ends: Answer | BaseException) -> None:
        self._ends: Iterator[Answer | BaseException] = iter(ends)

    def request(self, call: Any) -> dict[str, Any]:
        raise NotImplementedError

    def send(self, request: Any) -> Answer:  # noqa: ARG002 - one interface
        end = next(self._ends)
        if isinstance(end, BaseException):
            raise end
        return end

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("end", "usd"),
    [
        (answer(1000), 0.01005),
        (WireError("slow down", status=429), 0),
        (WireError("no", status=400), 0),
        (WireError("in trouble", status=503), 0),
        (WireError("nobody there", sent=False), 0),
        (TeacherError("no key"), 0),
        (WireError("gone"), MOST),
        (WireError("silence", timed_out=True), MOST),
        (WireError("half an answer", status=200), MOST),
        (KeyboardInterrupt(), MOST),
    ],
)
def test_every_try_that_may_be_billed_is_counted(bench: Bench, end: Answer | BaseException, usd: float):
    purse = bench.purse()
    wire = Paid(Wire(end), purse)
    if isinstance(end, Answer):
        wire.send(REQUEST)
    else:
        with pytest.raises(type(end)):
            wire.send(REQUEST)
    assert purse.bill()["usd_of_recipe"] == pytest.approx(usd, abs=1e-8)


def test_an_answer_is_not_lost_with_the_ledger(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    purse = bench.purse()
    written = purse._ledger.append

    def full(row: dict[str, Any]) -> None:
        if "pay" in row:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(row)

    monkeypatch.setattr(purse._ledger, "append", full)
    assert Paid(Wire(answer(1000)), purse).send(REQUEST) == answer(1000)
    assert "cannot be written down: No space left" in caplog.text
    assert bench.purse().bill()["usd_of_recipe"] == pytest.approx(MOST)


@pytest.mark.parametrize(
    ("usd", "says"), [(0, "0.00 USD"), (0.0000123, "0.000012 USD"), (0.01, "0.0100 USD"), (1234.5, "1,234.50 USD")]
)
def test_amounts_are_shown_with_digits_that_say_something(usd: float, says: str):
    assert dollars(usd) == says

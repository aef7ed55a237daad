"""Make the two exports of support tickets out of `make/phrases.yaml`: the same bytes at every run.

Each ticket has a pair of phrases to itself, one about the trouble and one about what the customer loses, so that a
ticket put aside for testing is a combination that nobody has read. `unseen.json` goes further: none of its phrases
is in `tickets.json`.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product as pairs
from pathlib import Path
from random import Random
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parent
PHRASES: dict[str, Any] = yaml.safe_load((EXAMPLES / "make" / "phrases.yaml").read_text(encoding="utf-8"))
CATEGORIES = tuple(PHRASES["seen"]["categories"])
PRIORITIES = tuple(PHRASES["seen"]["priorities"])

Ticket = dict[str, str]


def tickets(bank: dict[str, Any], count: int, *, start: datetime, seed: int) -> Iterator[Ticket]:
    """`count` tickets of one bank of phrases, in the order of their time."""
    random, created = Random(seed), start
    troubles = [(name, phrase) for name, phrases in bank["categories"].items() for phrase in phrases["troubles"]]
    losses = [(name, phrase) for name, phrases in bank["priorities"].items() for phrase in phrases["losses"]]
    for trouble, loss in random.sample(list(pairs(troubles, losses)), count):
        created += timedelta(minutes=random.randint(8, 380))
        yield ticket(random, bank, trouble, loss, created)


def ticket(
    random: Random, bank: dict[str, Any], trouble: tuple[str, str], loss: tuple[str, str], created: datetime
) -> Ticket:
    """One ticket; `trouble` and `loss` are a class and one of its phrases."""
    name = f"{random.choice(PHRASES['people']['first'])} {random.choice(PHRASES['people']['last'])}"
    email = f"{name.lower().replace(' ', '.')}@example.com"
    product = random.choice(PHRASES["products"][trouble[0]])
    summary, happened = trouble[1].split(" | ")
    opening = random.choice(bank["categories"][trouble[0]]["openings"])
    closing = random.choice(bank["priorities"][loss[0]]["closings"])
    blanks = {"product": product, "email": email, "phone": f"+44 1632 960{random.randint(100, 999)}"}
    sentences = [part.format(**blanks) for part in (opening, f"{happened} {loss[1]}", closing)]
    return {
        "summary": summary.format(**blanks),
        "description": dressed(random, sentences),
        "reporter": f"{name} <{email}>",
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "product": product,
        "category": trouble[0],
        "priority": loss[0],
    }


def dressed(random: Random, sentences: list[str]) -> str:
    """The sentences as people's mail programs send them: plain mostly, else as HTML or with stray white space."""
    opening, middle, closing = sentences
    return random.choices(
        [
            " ".join(sentences),
            "\n\n".join(sentences),
            "".join(f"<p>{sentence}</p>\n" for sentence in sentences),
            f"{opening}<br/>\n{middle}<br/>\n&nbsp;{closing}",
            f"{opening}  {middle.replace('. ', '.   ')}\t{closing} \r\n",
        ],
        weights=[50, 20, 12, 8, 10],
    )[0]


def with_mishaps(rows: list[Ticket]) -> list[Ticket]:
    """The same tickets, with eight that were sent twice and two that were sent by accident, as in every real export."""
    twice = [again(row, minutes=2) for row in rows[40::110]]
    accidents = [again(rows[at], minutes=5, summary=word, description="") for at, word in ((200, "test"), (500, "Hi"))]
    return sorted([*rows, *twice, *accidents], key=lambda row: row["created"])


def again(row: Ticket, *, minutes: int, **changes: str) -> Ticket:
    """The same customer's next ticket, `minutes` later."""
    created = datetime.fromisoformat(row["created"]) + timedelta(minutes=minutes)
    return row | {"created": f"{created:%Y-%m-%dT%H:%M:%SZ}"} | changes


def export(exported: str, rows: list[Ticket], first: int) -> str:
    """An export as JSON, one ticket a line; the keys count up from `first`."""
    lines = [json.dumps({"key": f"SUP-{number}"} | row, ensure_ascii=False) for number, row in enumerate(rows, first)]
    return f'{{"exported": "{exported}", "tickets": [\n' + ",\n".join(lines) + "\n]}\n"


def exports() -> dict[str, str]:
    """The text of each export, by the name of its file."""
    spring, summer = datetime(2026, 3, 1, 9, 12, tzinfo=UTC), datetime(2026, 7, 13, 7, 40, tzinfo=UTC)
    seen = with_mishaps(list(tickets(PHRASES["seen"], 890, start=spring, seed=1)))
    unseen = list(tickets(PHRASES["unseen"], 120, start=summer, seed=2))
    return {
        "tickets.json": export("2026-07-10T18:00:00Z", seen, 1001),
        "unseen.json": export("2026-08-07T18:00:00Z", unseen, 2001),
    }


def main() -> None:
    """Write both exports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=EXAMPLES / "tickets", help="the exports' folder")
    into = parser.parse_args().into
    into.mkdir(parents=True, exist_ok=True)
    for name, text in exports().items():
        (into / name).write_text(text, encoding="utf-8", newline="\n")
        print(into / name)


if __name__ == "__main__":
    main()

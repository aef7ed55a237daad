"""Mail: parts in parts, heads without end, and boxes with more messages than anybody reads."""

import random
from pathlib import Path

from zoo.animal import Cage, animal

WORDS = "The ferry leaves at seven from the eastern pier, and waits for nobody. "


@animal("no_bytes.eml", "no_bytes.mbox", reason="empty")
def no_bytes(path: Path, _cage: Cage) -> None:
    path.touch()


@animal("parts_ten_thousand_deep.eml", reason="too_deep")
def parts_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    head = "From: ada@example.org\nSubject: Tides\nMIME-Version: 1.0\n"
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(10_000))
    path.write_text(f"{head}{nested}Content-Type: text/plain\n\n{WORDS}\n")


@animal("messages_in_messages.eml", reason="too_deep")
def messages_in_messages(path: Path, _cage: Cage) -> None:
    head = "From: ada@example.org\nSubject: Tides\nMIME-Version: 1.0\n"
    path.write_text(f"{head}Content-Type: message/rfc822\n\n" * 2000 + f"{head}\n{WORDS}\n")


@animal("a_head_without_end.eml", reason=None)
def a_head_without_end(path: Path, _cage: Cage) -> None:
    path.write_text("From: ada@example.org\nSubject: " + "=?utf-8?q?a?= " * 50_000 + f"\n\n{WORDS}\n")


@animal("addresses_without_end.eml", reason=None)
def addresses_without_end(path: Path, _cage: Cage) -> None:
    path.write_text("From: " + "(" * 20_000 + "a" + "<" * 20_000 + f"\nSubject: Tides\n\n{WORDS}\n")


@animal("more_messages_than_allowed.mbox", reason="too_many_pages", speaks=True)
def more_messages_than_allowed(path: Path, _cage: Cage) -> None:
    path.write_text(f"From ada Mon Jan  1 00:00:00 2024\nSubject: Tides\n\n{WORDS}\n\n" * 1000)


@animal("random_bytes.mbox", reason="not_a_mail")
def random_mbox(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))

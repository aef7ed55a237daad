"""The check digits by which numbers of cards, accounts and people are told from other numbers."""

from collections.abc import Iterable

_TURNED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)  # Verhoeff's permutation


def is_luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: cards, IMEIs."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_mod_97(account: str) -> bool:
    """ISO 7064, MOD 97-10, over `account` as an IBAN has it: country and check digits go to the end."""
    return int("".join(str(int(character, 36)) for character in account[4:] + account[:4])) % 97 == 1


def is_mod_11_10(number: str) -> bool:
    """ISO 7064, MOD 11,10."""
    product = 10
    for digit in number[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[-1])


def is_verhoeff(number: str) -> bool:
    """J. Verhoeff, Error Detecting Decimal Codes (1969): products in the dihedral group of the pentagon."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = _TURNED[value]
        check = _product(check, value)
    return check == 0


def _product(a: int, b: int) -> int:
    turned = a % 5 + (b % 5 if a < 5 else -b)
    return turned % 5 + (0 if (a < 5) == (b < 5) else 5)


def is_ean(number: str) -> bool:
    """GS1: the last of thirteen digits."""
    return weighted(number, (1, 3) * 6 + (1,)) % 10 == 0


def weighted(number: Iterable[str], weights: Iterable[int]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))

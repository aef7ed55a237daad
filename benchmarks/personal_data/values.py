"""Made-up values with right checksums: numbers of accounts, cards and people, keys, tokens, private keys.

All are drawn from a generator that the case's name seeds; nobody issued any of them.
"""

import base64
import json
import string
from collections.abc import Callable
from random import Random

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
BASE64 = ALNUM + "+/"
URL64 = ALNUM + "_-"
UPPER = string.ascii_uppercase


def draw(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choice(alphabet) for _ in range(length))


def digits(random: Random, length: int) -> str:
    return draw(random, string.digits, length)


def grouped(text: str, sizes: list[int] | int, by: str = " ") -> str:
    """`text` in groups of the given sizes; the last size goes on."""
    sizes = [sizes] if isinstance(sizes, int) else sizes
    parts, position = [], 0
    while position < len(text):
        size = sizes[min(len(parts), len(sizes) - 1)]
        parts.append(text[position : position + size])
        position += size
    return by.join(parts)


def written(text: str, form: str, sizes: list[int] | int) -> str:
    return {"plain": text, "spaced": grouped(text, sizes), "hyphened": grouped(text, sizes, "-")}[form]


# Accounts and cards

# What an account number of a country is made of: n digits, a capitals, c both.
ACCOUNTS = {
    "AE": "n19", "AT": "n16", "BE": "n12", "CH": "n5 c12", "DE": "n18", "DK": "n14", "ES": "n20", "FI": "n14",
    "FR": "n10 c11 n2", "GB": "a4 n14", "GR": "n7 c16", "IE": "a4 n14", "IT": "a1 n10 c12", "LU": "n3 c13",
    "NL": "a4 n10", "NO": "n11", "PL": "n24", "PT": "n21", "SA": "n2 c18", "SE": "n20", "TR": "n5 n1 c16",
}  # fmt: skip


def iban(random: Random, country: str, form: str = "plain", wrong: int = 0) -> str:
    sets = {"n": string.digits, "a": UPPER, "c": UPPER + string.digits}
    account = "".join(draw(random, sets[part[0]], int(part[1:])) for part in ACCOUNTS[country].split())
    number = int("".join(str(int(character, 36)) for character in f"{account}{country}00"))
    check = (98 - number % 97 + wrong - 1) % 97 + 1 if wrong else 98 - number % 97
    return written(f"{country}{check:02}{account}", form, 4)


def luhn(number: str) -> str:
    """The digit that must follow `number`."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


BRANDS = {
    "visa": ("4", 16, 4), "mastercard": ("5", 16, 4), "mastercard2": ("2221", 16, 4), "amex": ("37", 15, [4, 6, 5]),
    "discover": ("6011", 16, 4), "diners": ("36", 14, [4, 6, 4]), "jcb": ("3540", 16, 4),
    "unionpay": ("6222", 16, 4), "maestro": ("6759", 16, 4),
}  # fmt: skip


def card(random: Random, brand: str, form: str = "plain", wrong: int = 0) -> str:
    prefix, length, sizes = BRANDS[brand]
    prefix = prefix + str(random.randint(1, 5)) if brand == "mastercard" else prefix
    number = prefix + digits(random, length - len(prefix) - 1)
    return written(f"{number}{(int(luhn(number)) + wrong) % 10}", form, sizes)


# People


def ssn(random: Random, form: str) -> str:
    area = random.choice([n for n in range(1, 900) if n != 666])
    return written(f"{area:03}{random.randint(1, 99):02}{random.randint(1, 9999):04}", form, [3, 2, 4])


def nino(random: Random, form: str = "plain") -> str:
    first, second = random.choice("ABCEGHJKLMNPRSTWXYZ"), random.choice("ABCEGHJKLMPRSTWXYZ")
    return written(f"{first}{second}{digits(random, 6)}{random.choice('ABCD')}", form, 2)


def steuerid(random: Random, form: str = "plain") -> str:
    """Eleven digits: one of the first ten twice, another never; ISO 7064, MOD 11,10."""
    order = random.sample(string.digits, 9)
    while True:
        first = [*order, random.choice(order)]
        random.shuffle(first)
        if first[0] != "0":
            break
    product = 10
    for digit in first:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return written("".join(first) + str((11 - product) % 10), form, [2, 3])


def nir(random: Random, form: str = "plain") -> str:
    month, department = random.randint(1, 12), random.choice([13, 31, 33, 59, 69, 75, 92])
    body = f"{random.choice('12')}{random.randint(40, 99)}{month:02}{department}{digits(random, 6)}"
    return written(f"{body}{97 - int(body) % 97:02}", form, [1, 2, 2, 2, 3, 3, 2])


def letter_of(number: int) -> str:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


def dni(random: Random, form: str = "plain") -> str:
    number = random.randint(10_000_000, 79_999_999)
    return written(f"{number}{letter_of(number)}", form, [8, 1])


def nie(random: Random, form: str = "plain") -> str:
    first, number = random.randint(0, 2), random.randint(0, 9_999_999)
    return written(f"{'XYZ'[first]}{number:07}{letter_of(first * 10_000_000 + number)}", form, [1, 7, 1])


def codice_fiscale(random: Random) -> str:
    consonants = "BCDFGLMNPRSTVZ"
    birth = f"{random.randint(40, 99)}{random.choice('ABCDEHLMPRST')}{random.randint(1, 28):02}"
    code = f"{draw(random, consonants, 6)}{birth}{random.choice('AFGHL')}{random.randint(1, 999):03}"
    odd = dict(zip(string.digits, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    values = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    odd |= dict(zip(UPPER, values, strict=True))
    even = {character: int(character, 36) % 10 if character.isdigit() else ord(character) - 65 for character in odd}
    total = sum((even if place % 2 else odd)[character] for place, character in enumerate(code))
    return code + UPPER[total % 26]


def bsn(random: Random) -> str:
    while True:
        number = str(random.randint(100_000_000, 299_999_999))
        if (sum(int(number[i]) * (9 - i) for i in range(8)) - int(number[8])) % 11 == 0:
            return number


def ean_digit(number: str) -> str:
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number)) % 10)


def ahv(random: Random, form: str = "dotted") -> str:
    number = "756" + digits(random, 9)
    number += ean_digit(number)
    return number if form == "plain" else grouped(number, [3, 4, 4, 2], ".")


def pesel(random: Random) -> str:
    number = f"{random.randint(40, 99)}{random.randint(1, 12):02}{random.randint(1, 28):02}{digits(random, 4)}"
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    return number + str(-sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 10)


def cpf(random: Random, form: str = "dotted") -> str:
    number = digits(random, 9)
    for length in (10, 11):
        total = sum(int(digit) * (length - place) for place, digit in enumerate(number))
        number += str(total * 10 % 11 % 10)
    return number if form == "plain" else f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def verhoeff(number: str) -> str:
    """The digit that must follow `number`: J. Verhoeff, the dihedral group D5."""
    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    check = 0
    for place, digit in enumerate(reversed(number), 1):
        value = int(digit)
        for _ in range(place % 8):
            value = step[value]
        check = times(check, value)
    return str(next(digit for digit in range(10) if times(check, digit) == 0))


def times(a: int, b: int) -> int:
    turned = a % 5 + (b % 5 if a < 5 else -b)
    return turned % 5 + (0 if (a < 5) == (b < 5) else 5)


def aadhaar(random: Random, form: str = "plain") -> str:
    number = random.choice("23456789") + digits(random, 10)
    return written(number + verhoeff(number), form, 4)


def pan(random: Random) -> str:
    return f"{draw(random, UPPER, 3)}P{draw(random, UPPER, 1)}{digits(random, 4)}{draw(random, UPPER, 1)}"


# Keys of services, as each of them documents their form


def url64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def jwt(random: Random, form: str = "hs256") -> str:
    head = url64({"alg": form.upper() if form != "none" else "none", "typ": "JWT"})
    body = url64({"sub": digits(random, 6), "iat": 1_700_000_000 + random.randint(0, 9_999_999), "aud": "api"})
    return f"{head}.{body}.{draw(random, URL64, {'hs256': 43, 'rs256': 342, 'none': 0}[form])}"


def discord_bot(random: Random) -> str:
    user = base64.b64encode(digits(random, 18).encode()).decode()
    return f"{user}.{draw(random, ALNUM, 6)}.{draw(random, URL64, 38)}"


def azure_sas(random: Random) -> str:
    return draw(random, BASE64, 43).replace("+", "%2B").replace("/", "%2F") + "%3D"


def slack_hook(random: Random) -> str:
    team, channel = draw(random, UPPER + string.digits, 9), draw(random, UPPER + string.digits, 10)
    return f"https://hooks.slack.com/services/T{team}/B{channel}/{draw(random, ALNUM, 24)}"


# A form: literal parts, and lengths with their alphabet.
FORMS: dict[str, list[str | tuple[str, int]]] = {
    "aws_id": ["AKIA", (UPPER + "234567", 16)],
    "aws_temp": ["ASIA", (UPPER + "234567", 16)],
    "aws_secret": [(BASE64, 40)],
    "github_fine": ["github_pat_", (ALNUM, 22), "_", (ALNUM, 59)],
    "slack_bot": ["xoxb-", (string.digits, 12), "-", (string.digits, 13), "-", (ALNUM, 24)],
    "slack_user": [
        *("xoxp-", (string.digits, 12), "-", (string.digits, 12), "-", (string.digits, 13), "-", (HEX, 32)),
    ],
    "slack_app": ["xapp-1-A0", (UPPER, 9), "-", (string.digits, 13), "-", (HEX, 64)],
    "stripe_hook": ["whsec_", (ALNUM, 32)],
    "google": ["AIza", (URL64, 35)],
    "google_secret": ["GOCSPX-", (URL64, 28)],
    "google_oauth": ["ya29.a0", (URL64, 160)],
    "azure_storage": [(BASE64, 86), "=="],
    "azure_bus": [(BASE64, 43), "="],
    "azure_ad": [(ALNUM, 3), "8Q~", (ALNUM + "_~.-", 33), "a"],
    "openai": ["sk-", (ALNUM, 20), "T3BlbkFJ", (ALNUM, 20)],
    "openai_proj": ["sk-proj-", (URL64, 74), "T3BlbkFJ", (URL64, 73), "A"],
    "anthropic": ["sk-ant-api03-", (URL64, 93), "AA"],
    "hf": ["hf_", (string.ascii_letters, 34)],
    "npm": ["npm_", (ALNUM, 36)],
    "pypi": ["pypi-AgEIcHlwaS5vcmc", (URL64, 150)],
    "sendgrid": ["SG.", (URL64, 22), ".", (URL64, 42), "Q"],
    "mailgun": ["key-", (HEX, 32)],
    "twilio_sid": ["AC", (HEX, 32)],
    "twilio_token": [(HEX, 32)],
    "digitalocean": ["dop_v1_", (HEX, 64)],
    "discord_hook": ["https://discord.com/api/webhooks/1", (string.digits, 18), "/", (URL64, 68)],
    "telegram": ["7", (string.digits, 9), ":AA", (URL64, 33)],
    "square": ["EAAA", (URL64, 60)],
    "databricks": ["dapi", (HEX, 32)],
    "cloudflare": [(URL64, 40)],
    "atlassian": ["ATATT3xFfGF0", (URL64, 174), "=", (HEX.upper(), 8)],
    "vault": ["hvs.CAESI", (URL64, 91)],
    "docker": ["dckr_pat_", (URL64, 27)],
    "groq": ["gsk_", (ALNUM, 52)],
    "newrelic": [(HEX, 36), "NRAL"],
    "postman": ["PMAK-", (HEX, 24), "-", (HEX, 34)],
    "linear": ["lin_api_", (ALNUM, 40)],
    "notion": ["ntn_", (ALNUM, 46)],
    "age": ["AGE-SECRET-KEY-1", ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)],
    "grafana": ["glsa_", (ALNUM, 32), "_", (HEX, 8)],
    "facebook": ["EAACEdEose0cBA", (ALNUM, 160)],
    "mailchimp": [(HEX, 32), "-us12"],
    "wireguard": [(BASE64, 42), "E="],
    "django": ["django-insecure-", (string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)", 50)],
    "wpsalt": [(ALNUM + "!@#$%^&*()-_ []{}~`+=,.;:/?|", 64)],
}
PREFIXED = {
    "github": lambda random, letter: f"gh{letter}_{draw(random, ALNUM, 36)}",
    "gitlab": lambda random, prefix="glpat-": prefix + draw(random, URL64, 19) + "x",
    "stripe": lambda random, prefix: prefix + draw(random, ALNUM, 24),
    "shopify": lambda random, prefix: prefix + draw(random, HEX, 32),
}


# Private keys


def block(random: Random, lines: int, width: int = 64) -> list[str]:
    return [draw(random, BASE64, width) for _ in range(lines)] + [draw(random, BASE64, width // 2 - 1) + "="]


def pem(random: Random, kind: str, form: str = "") -> str:
    name = {"PKCS8": "PRIVATE KEY", "SSH2": "SSH2 ENCRYPTED PRIVATE KEY"}.get(kind, f"{kind} PRIVATE KEY")
    dashes = "---- " if kind == "SSH2" else "-----"
    lines = [f"{dashes}BEGIN {name}{dashes[::-1]}"]
    if form == "proc":
        lines += ["Proc-Type: 4,ENCRYPTED", f"DEK-Info: AES-128-CBC,{draw(random, HEX.upper(), 32)}", ""]
    lines += block(random, {"EC": 2, "RSA": 7}.get(kind, 4), 70 if kind in ("OPENSSH", "SSH2") else 64)
    lines = lines[:4] if form == "cut" else [*lines, f"{dashes}END {name}{dashes[::-1]}"]
    return {"escaped": "\\n", "indented": "\n  ", "quoted": "\n> "}.get(form, "\n").join(lines)


def pgp(random: Random, form: str = "") -> str:
    head = ["-----BEGIN PGP PRIVATE KEY BLOCK-----", "Version: GnuPG v2", "", *block(random, 5)]
    return "\n".join(head[:6] if form == "cut" else [*head, "=aB3d", "-----END PGP PRIVATE KEY BLOCK-----"])


def putty(random: Random) -> str:
    public, private = block(random, 1), block(random, 1)
    return "\n".join(
        [
            *("PuTTY-User-Key-File-3: ssh-ed25519", "Encryption: none", "Comment: tkoch@desk"),
            *("Public-Lines: 2", *public, "Private-Lines: 2", *private),
            f"Private-MAC: {draw(random, HEX, 64)}",
        ]
    )


# What looks like one of these and is none


def isbn10(random: Random) -> str:
    number = digits(random, 9)
    check = -sum(int(digit) * (10 - place) for place, digit in enumerate(number)) % 11
    return f"{number[0]}-{number[1:4]}-{number[4:]}-{'X' if check == 10 else check}"


def isbn13(random: Random) -> str:
    number = "978" + digits(random, 9)
    return f"978-{number[3]}-{number[4:7]}-{number[7:]}-{ean_digit(number)}"


def imei(random: Random) -> str:
    number = "35" + digits(random, 12)
    return number + luhn(number)


def ean(random: Random) -> str:
    number = "40" + digits(random, 10)
    return number + ean_digit(number)


def luhn_number(random: Random, length: str) -> str:
    number = "4" + digits(random, int(length) - 2)
    return number + luhn(number)


def uuid(random: Random) -> str:
    text = draw(random, HEX, 32)
    return grouped(f"{text[:12]}4{text[13:16]}a{text[17:]}", [8, 4, 4, 4, 12], "-")


def random_text(random: Random, alphabet: str, length: str) -> str:
    """Text of a kind such as `hex`; `32l` and `32u` are 32 small letters and capitals."""
    text = draw(random, alphabet, int(length.rstrip("lu")))
    return text.lower() if length.endswith("l") else text


MAKERS: dict[str, Callable[..., str]] = {
    **{maker.__name__: maker for maker in (iban, card, ssn, nino, steuerid, nir, dni, nie, codice_fiscale, bsn, ahv)},
    **{maker.__name__: maker for maker in (pesel, cpf, aadhaar, pan, jwt, discord_bot, azure_sas, slack_hook)},
    **{maker.__name__: maker for maker in (pem, pgp, putty, isbn10, isbn13, imei, ean, uuid)},
    **PREFIXED,
    "luhn": luhn_number,
    "badiban": lambda random, country, form: iban(random, country, form, wrong=1),
    "badcard": lambda random, brand, form: card(random, brand, form, wrong=1),
    "digits": lambda random, length: digits(random, int(length)),
    "hex": lambda random, length: random_text(random, HEX, length),
    "hexu": lambda random, length: random_text(random, HEX.upper(), length),
    "alnum": lambda random, length: random_text(random, ALNUM, length),
    "b64": lambda random, length: random_text(random, BASE64, str(int(length) - 1)) + "=",
    "b64url": lambda random, length: random_text(random, URL64, length),
}


def make(random: Random, words: str) -> str:
    """The value that `words` ask for: a maker or a form, and its arguments."""
    name, *arguments = words.split()
    if name in MAKERS:
        return MAKERS[name](random, *arguments)
    return "".join(part if isinstance(part, str) else draw(random, *part) for part in FORMS[name])

import time

import pytest

from loramake.cleaning.keys import find_keys

NOISE = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"
HEX = "0123456789abcdef" * 4
UUID = "01234567-89ab-cdef-0123-456789abcdef"


def key(*parts: str) -> str:
    """A key that nobody issued, put together here so that no scanner takes this file for a leak."""
    return "".join(parts)


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in dict.fromkeys(find_keys(text))]


KEYS = [
    key("AKIA", "IOSFODNN7EXAMPLE"),
    key("ASIA", "IOSFODNN7EXAMPLE"),
    *(key("gh", letter, "_", NOISE[:36]) for letter in "porsu"),
    key("github", "_pat_", NOISE[:22], "_", NOISE),
    key("gl", "pat-", NOISE[:20]),
    key("gl", "cbt-64_", NOISE[:20]),
    key("xox", "b-123456789012-", NOISE[:24]),
    key("xox", "p-1-2-3-", HEX[:32]),
    key("xa", "pp-1-A0-1-", HEX),
    key("sk", "_live_", NOISE[:24]),
    key("rk", "_test_", NOISE[:24]),
    key("wh", "sec_", NOISE[:32]),
    key("AI", "za", NOISE[:35]),
    key("GOC", "SPX-", NOISE[:28]),
    key("ya", "29.a0", NOISE, NOISE),
    key("sk", "-proj-", NOISE),
    key("sk", "-ant-api03-", NOISE),
    key("sk", "-", NOISE[:32]),
    key("h", "f_", NOISE[:34]),
    key("npm", "_", NOISE[:36]),
    key("pypi", "-AgEIcHlwaS5vcmc", NOISE),
    key("SG", ".", NOISE[:22], ".", NOISE),
    key("ke", "y-", HEX[:32]),
    key(HEX[:32], "-us", "12"),
    key("A", "C", HEX[:32]),
    key("do", "p_v1_", HEX),
    key("HRK", "U-", UUID),
    key("MTE3ODIzMDUxMjM0NTY3ODkw", ".", NOISE[:6], ".", NOISE[:38]),
    key("123456789", ":AA", NOISE[:33]),
    key("shp", "at_", HEX[:32]),
    key("sq0", "csp-", NOISE),
    key("EA", "AA", NOISE, NOISE[:20]),
    key("da", "pi", HEX[:32]),
    key("ATA", "TT3xFfGF0", NOISE, NOISE, "=", "ABCDEF01"),
    key("hv", "s.", NOISE[:24]),
    key("dckr", "_pat_", NOISE[:27]),
    key("abc8", "Q~", NOISE[:34]),
    key("https://hooks.slack", ".com/services/T00/B00/", NOISE),
    key("https://discord", ".com/api/webhooks/117823/", NOISE),
]


@pytest.mark.parametrize("issued", KEYS)
@pytest.mark.parametrize("setting", ["{}", "use '{}' here", "X={}\n", "(`{}`)", "key: {}, next", "Is it {}?"])
def test_a_key_is_known_by_its_form(setting, issued):
    assert found(setting.format(issued)) == [issued]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("aws_secret_access_key = {}", NOISE),
        ('"SecretAccessKey": "{}"', NOISE),
        ("AWS_SECRET_ACCESS_KEY={} x", NOISE),
        ("AccountName=x;AccountKey={};EndpointSuffix=y", NOISE + NOISE + "Abc4Ef=="),
        ("SharedAccessKeyName=x;SharedAccessKey={}", NOISE + "Ab8="),
        ("?sv=2022-11-02&sig={}", NOISE + "%2Bab%3D"),
        ("HEROKU_API_KEY={}", UUID),
        ("TWILIO_AUTH_TOKEN={}", HEX[:32]),
        ("DD_API_KEY={}", HEX[:32]),
        ("datadog app key {}", HEX[:40]),
        ("CLOUDFLARE_API_TOKEN={}", NOISE),
        ("X-Auth-Key: {}\n# cloudflare", HEX[:37]),
    ],
)
def test_a_key_without_a_form_is_known_by_the_words_beside_it(setting, value):
    assert found(setting.format(value)) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn and task-list-item-something-long-name12 and sk_live mode",
        "ghp_short ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx sk-xxxxxxxxxxxxxxxxxxxxxxxx AKIA and 16 more",
        "EAAfoo pypi-attestations-and-more hf_transfer dapi = DataApi() SG.SendGrid.Client npm_config_registry",
        f"xgh{'p_' + NOISE}",
        f"commit {HEX[:40]} md5 {HEX[:32]} id {UUID}",
        f"secret_name {HEX[:40]}",
        "aws_secret_access_key = <your key> AccountKey=...;",
        "heroku logs, twilio and datadog are services",
    ],
)
def test_what_only_looks_like_a_key(text):
    assert found(text) == []


PIECES = [
    "sk-",
    "sk-a",
    "SG.",
    "ghp_",
    "xoxb-",
    ":AA",
    "pypi-a",
    "AKIA",
    "AC",
    "hf_",
    "MTE3",
    "key-",
    "Q~",
    "gl",
    "sig=",
]


@pytest.mark.parametrize("piece", [*PIECES, "secret_key ", "heroku ", "twilio a1", "cloudflare ", "AccountKey="])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_keys(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 4

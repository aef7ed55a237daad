import time

import pytest

from loramake.cleaning.entropy import find_entropy

RANDOM = [
    "0123456789abcdef" * 2,
    "a1B2c3D4e5F6g7H8i9J0k1L2",
    "01234567-89ab-cdef-0123-456789abcdef",
    "122vtyvrqwkincxiypxgjupgqhkz2lee",
    "RCbiD7+ZcW7AVlEDhC6mRtJgmg8Yn5jcncOzEzYyUr==",
]


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in dict.fromkeys(entry[:2] for entry in find_entropy(text))]


@pytest.mark.parametrize("value", RANDOM)
@pytest.mark.parametrize(
    "setting",
    [
        "api_key: {}",
        '"apiKey": "{}"',
        "X-Api-Key: {}",
        "client_secret={}&grant_type=x",
        "SECRET_KEY = '{}'",
        "Authorization: Bearer {}",
        "JWT_SECRET={}",
        "secret_key_base: {}",
        "the refresh token {} was still valid",
        "--token {} --verbose",
        "Cookie: sessionid={}; theme=dark",
        "<apiToken>{}</apiToken>",
        "APP_KEY=base64:{}",
        "webhook_secret: {}  # rotate",
        "?access_token={}&page=1",
    ],
)
def test_something_random_beside_a_telling_name(setting, value):
    assert found(setting.format(value)) == [value]


def test_salts_with_signs():
    salt = "k3!x)P $9_q(Zt&7 w^M2*h;R5{u}8@d=L1|s+6~Vb?4"
    assert found(f"define('AUTH_KEY', '{salt}');") == [salt]


@pytest.mark.parametrize(
    "text",
    [
        f"commit {RANDOM[0]} etag: {RANDOM[0]} trace_id={RANDOM[0]} client_id: {RANDOM[2]}",
        f"cache_key: {RANDOM[0]} next_token={RANDOM[1]} clientRequestToken: {RANDOM[2]} public_key={RANDOM[1]}",
        "api_key=YOUR_API_KEY token: my-service-account-token-for-staging secret: web-tls-certificate-prod",
        "token = self.tokens.next_token_of_the_stream key: shopping-cart-items-v2",
        'api_key=<ENTROPY_1> token="<KEY_2>" Authorization: Bearer <JWT_1>',
        "api_key: ${API_KEY_OF_THE_STAGING_SERVER_2}",
        "token: a, b, c; secret sauce; key value",
        f"integrity sha512-{RANDOM[4]}",
    ],
)
def test_no_secrets(text):
    assert found(text) == []


@pytest.mark.parametrize("piece", ["token ", "token a", "api_key=a1", "Bearer ", "Authorization: ", "secret=", "key"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_entropy(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 4

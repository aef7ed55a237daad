import pytest

from loramake.errors import FetchError
from loramake.fetching.address import Address


def address(url: str, *, with_key: bool = True) -> Address:
    return Address.of(url, with_key=with_key, where="here")


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://acme.atlassian.net", "https://acme.atlassian.net"),
        ("https://acme.atlassian.net/", "https://acme.atlassian.net"),
        ("HTTPS://Jira.Acme.Example:443/jira/", "https://jira.acme.example/jira"),
        ("https://jira.acme.example:8443/jira", "https://jira.acme.example:8443/jira"),
        ("http://localhost:8080/a", "http://localhost:8080/a"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_is_where_the_service_is(url: str, base: str):
    assert address(url).base == base


@pytest.mark.parametrize(
    "url",
    [
        "ftp://acme.example",
        "acme.example",
        "https://",
        "https://acme.example:99999",
        "https://acme.example/?token=1",
        "https://acme.example/#part",
        "https://good.example\\@evil.example/",
        "https://good.example /",
        "https://good.example\n.evil.example/",
        "https://gооd.example",  # Cyrillic letters
        "https://-oProxyCommand/",
        "file:///etc/passwd",
    ],
)
def test_what_could_be_read_in_two_ways_is_no_address(url: str):
    with pytest.raises(FetchError, match="no plain http"):
        address(url)


def test_a_key_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(FetchError, match="name variables") as error:
        address("https://ada:hunter2@acme.example/")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("host", ["acme.example", "10.0.0.7", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_a_key_is_not_sent_over_plain_http(host: str):
    with pytest.raises(FetchError, match=f"write the address as https://{host}/x"):
        address(f"http://{host}/x")
    assert address(f"http://{host}/x", with_key=False).host == host


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("/api?page=2", "https://acme.example/api?page=2"),
        ("?page=2", "https://acme.example/base/?page=2"),
        ("https://acme.example:443/other", "https://acme.example:443/other"),
        ("https://ACME.example/other#part", "https://ACME.example/other"),
        ("https://evil.example/api", None),
        ("//evil.example/api", None),
        ("http://acme.example/api", None),
        ("https://acme.example:444/api", None),
        ("https://acme.example@evil.example/", None),
        ("https://acme.example\\@evil.example/", None),
        ("https://acme.example.evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_only_links_to_the_same_origin_lead_on(reference: str, url: str | None):
    assert address("https://acme.example/base").resolve(reference) == url

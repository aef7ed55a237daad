"""The address of a service: checked before anything is sent, so that a key goes to the host that was shown."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from loramake.errors import FetchError

# Narrower than RFC 3986, on purpose: where two parsers may disagree about the host, there is no address.
_WEB = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*)",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """An http(s) address: where its service is, and the path below which its interface begins."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str, *, with_key: bool, where: str) -> "Address":
        """Take an address of a recipe apart. Raises FetchError for one that a key must not be sent to."""
        match = _WEB.fullmatch(url)
        if match is None or not 0 < int(match["port"] or 1) < 2**16:
            named = "" if "@" in url else f" '{url[:200]}'"
            hint = "a name or key never stands in it: 'user' and 'key' name variables" if "@" in url else ""
            raise FetchError(
                f"the address{named} is no plain http(s) address",
                where=where,
                hint=hint or "write it as https://host/path",
            )
        scheme, host = match["scheme"].lower(), match["host"].lower()
        found = cls(scheme, host, int(match["port"] or _DEFAULT_PORTS[scheme]), match["path"].rstrip("/"))
        if with_key and scheme == "http" and not found.is_here:
            raise FetchError(
                f"a key is not sent to {host} over plain http, where anybody on the way can read it",
                where=where,
                hint=f"write the address as https://{host}{found.path}",
            )
        return found

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a key belongs to."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def base(self) -> str:
        """The address without a slash at its end."""
        return f"{self.origin}{self.path}"

    def below(self, path: str) -> "Address":
        """The same place, with `path` as its path."""
        return Address(self.scheme, self.host, self.port, path)

    def resolve(self, reference: str) -> str | None:
        """The full address of a reference that the service gave; None if it leads to another origin."""
        url = urljoin(f"{self.base}/", reference)
        match = _WEB.match(url)
        if match is None or url[match.end() :][:1] not in ("", "?", "#"):
            return None
        scheme = match["scheme"].lower()
        there = Address(scheme, match["host"].lower(), int(match["port"] or _DEFAULT_PORTS[scheme]), "")
        return url.partition("#")[0] if there.origin == self.origin else None

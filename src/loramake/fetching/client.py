"""The wire to a service: one request at a time, tried again while that is worth it, with the key to one host alone."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from loramake import __version__
from loramake.errors import FetchError
from loramake.fetching import pauses
from loramake.fetching.address import Address
from loramake.fetching.answer import Answer, shortened
from loramake.fetching.credentials import Credentials

TRIES = 6
PAUSES = 20
CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 60.0  # between two pieces of an answer
ANSWER_SECONDS = 300.0  # for all of it
LONGEST_PAUSE = 2 * 3600.0
TOLD_PAUSE = 5.0  # shorter ones are not worth a line
REDIRECTS = 5

_BLOCK = 2**16
_AGAIN = (408, 425, 500, 502, 503, 504)
_GONE = (404, 410)
_NOT_GIVEN = (400, 401, 403, 405, *_GONE)
_MOVED = (301, 302, 303, 307, 308)

Parameters = Mapping[str, Any] | Sequence[tuple[str, Any]]


class _BrokenError(Exception):
    """A try that led to no answer, and that another may follow."""


class Client:
    """Asks one service. `largest` bounds an answer (bytes); `say` gets a line when it has to wait for long.

    Every failure is a FetchError, of three lines, and none of its words shows the key.
    """

    def __init__(
        self, address: Address, credentials: Credentials, *, where: str, largest: int, say: Callable[[str], None]
    ) -> None:
        self.address, self.credentials, self.where = address, credentials, where
        self.requests = 0
        self._largest, self.say = largest, say
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": f"loramake/{__version__}", "Accept": "application/json"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # With one of our own, no other is looked up in a file of the person's.
        self._session.auth = _Shown(credentials)
        self._proxies: Any = dict.fromkeys(("http", "https", "all")) if address.is_here else None

    def close(self) -> None:
        """Let go of the sockets."""
        self._session.close()

    def error(self, what: str, hint: str = "") -> FetchError:
        """An error of this service, to raise."""
        shown = "".join(letter if letter.isprintable() else " " for letter in self.credentials.masked(what))
        return FetchError(shown, where=self.where, hint=hint)

    def get(self, path: str, subject: str, **parameters: Any) -> Any:
        """The JSON at `path` below the address. `subject` says in an error what was not found."""
        return self.answer(path, subject, parameters).value

    def find(self, path: str, **parameters: Any) -> Any | None:
        """The JSON at `path`, or None when there is nothing (404, 410)."""
        answer = self.answer(path, "", parameters, missing_is_fine=True)
        return None if answer.status in _GONE else answer.value

    def allowed(self, path: str, body: Any = None) -> Any | None:
        """The JSON at `path`, or as the answer to `body`; None where a service does not give it to this key."""
        answer = self.answer(path, "", body=body, fine=_NOT_GIVEN)
        return answer.value if answer.status < 300 else None

    def post(self, path: str, subject: str, body: Any) -> Any:
        """The JSON that a question in the form of `body` is answered with. It changes nothing at the service."""
        return self.answer(path, subject, body=body).value

    def answer(
        self,
        path: str,
        subject: str,
        parameters: Parameters | None = None,
        *,
        body: Any = None,
        accept: str = "application/json",
        missing_is_fine: bool = False,
        fine: tuple[int, ...] = (),
    ) -> Answer:
        """One answer, after as many tries as are worth it. `path` is below the address, or a full link of its origin.

        Statuses of `fine`, and with `missing_is_fine` 404 and 410, are handed back instead of raised.
        """
        url = self._url(path)
        accepted = (*fine, *(_GONE if missing_is_fine else ()))
        tries = waits = 0
        while True:
            try:
                answer = self._send(url, parameters, body, accept, accepted)
            except _BrokenError as error:
                tries += 1
                if tries >= TRIES:
                    raise self.error(
                        f"{self.address.host} gives no answer: {error}", "see whether it is in trouble, and try again"
                    ) from None
                time.sleep(pauses.backoff(tries))
                continue
            if self.credentials and answer.is_to_a_stranger:
                raise self._refusal(replace(answer, status=401, text=""), subject)
            limited = answer.is_limited
            tries, waits = tries + (not limited), waits + limited
            if not (limited or answer.status in _AGAIN) or tries >= TRIES or waits >= PAUSES:
                if answer.status < 300 or answer.status in accepted:
                    return answer
                raise self._refusal(answer, subject)
            self._pause(answer, limited, max(tries, waits))

    def _url(self, path: str) -> str:
        if path.startswith("/"):
            return f"{self.address.base}{path}"
        url = self.address.resolve(path)
        if url is None:
            raise self.error(
                f"{self.address.host} names a next page at another place, which is not asked with your key"
            )
        return url

    def _send(
        self, url: str, parameters: Parameters | None, body: Any, accept: str, accepted: tuple[int, ...]
    ) -> Answer:
        """One try, through redirects at the same origin."""
        for _ in range(REDIRECTS):
            answer = self._once(url, parameters, body, accept)
            if answer.status not in _MOVED or answer.status in accepted:
                if answer.status < 300 and "json" in accept:
                    self._check_json(answer)
                return answer
            location = answer.headers.get("Location", "")
            there = self.address.resolve(urljoin(answer.url, location)) if location else None
            if there is None:
                host = urlsplit(location).hostname or "nowhere"
                raise self.error(
                    f"{self.address.host} sends on to {host}, which does not get your key",
                    "write the address that it ends at; a page to log in means that the key is missing or wrong",
                )
            url, parameters = there, None
        raise self.error(f"{self.address.host} sends on without end", "write the address that it ends at")

    def _once(self, url: str, parameters: Parameters | None, body: Any, accept: str) -> Answer:
        self.requests += 1
        try:
            with self._session.request(
                "GET" if body is None else "POST",
                url,
                params=parameters,
                json=body,
                headers={"Accept": accept},
                timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
                allow_redirects=False,
                proxies=self._proxies,
                stream=True,
            ) as response:
                return Answer(response.status_code, response.headers, self._text(response), response.url)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL) as error:
            raise self.error(f"{self.address.host} cannot be asked: {type(error).__name__}") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise self.error(
                    f"the certificate of {self.address.host} is not trusted: {_cause(error)}",
                    "REQUESTS_CA_BUNDLE names a file of certificates to trust besides",
                ) from None
            raise _BrokenError(self.credentials.masked(_cause(error))) from None

    def _text(self, response: requests.Response) -> str:
        """The body, within limits of size and time: piece by piece, so that a trickle is no way around them."""
        blocks, size, start = [], 0, time.monotonic()
        while block := response.raw.read1(_BLOCK, decode_content=True):
            blocks.append(block)
            size += len(block)
            if size > self._largest:
                raise self.error(
                    f"{self.address.host} gives an answer of more than {self._largest >> 20} MiB",
                    "'limit.output_mb' of the source may be raised",
                )
            if time.monotonic() - start > ANSWER_SECONDS:
                raise _BrokenError(f"an answer that takes longer than {ANSWER_SECONDS:g} s")
        return self.credentials.masked(b"".join(blocks).decode("utf-8", "replace"))

    def _check_json(self, answer: Answer) -> None:
        try:
            _ = answer.value
        except ValueError:
            if "html" in answer.headers.get("Content-Type", ""):
                raise self.error(
                    f"{self.address.host} gives a page for people ('{shortened(answer.text)}'), not data",
                    "see whether the address is that of its interface, and whether it wants a key",
                ) from None
            raise _BrokenError("half of an answer, or none that can be read") from None

    def _pause(self, answer: Answer, limited: bool, tries: int) -> None:
        wait = pauses.asked_for(answer.headers) if limited else None
        if wait is None:
            wait = pauses.backoff(tries, pauses.UNSAID if answer.status == 403 else None)
        if wait > LONGEST_PAUSE:
            raise self.error(
                f"{self.address.host} asks to wait for {wait / 3600:.1f} hours before the next request",
                "give the same command again then: it goes on where it was",
            )
        if wait >= TOLD_PAUSE:
            until = time.strftime("%H:%M:%S", time.localtime(time.time() + wait))
            self.say(f"{self.address.host} asks to wait for {wait:.0f} s, until {until}")
        time.sleep(wait)

    def _refusal(self, answer: Answer, subject: str) -> FetchError:
        host, status = self.address.host, answer.status
        said = f": {text}" if (text := answer.said) else ""
        if status == 401:
            return self.error(
                f"{host} does not accept the key in {self.credentials.key_variable} (401){said}"
                if self.credentials
                else f"{host} wants a key (401){said}",
                "see whether it has expired, and whether the service wants a 'user' beside it"
                if self.credentials
                else "name the environment variable that holds it as 'key'",
            )
        if status == 403:
            owner = f"the key in {self.credentials.key_variable}" if self.credentials else "whoever has no key"
            return self.error(f"{host} does not allow this to {owner} (403){said}", "give it the right to read there")
        if status in _GONE:
            return self.error(
                f"{host} has no {subject or 'such thing'}, or does not show it to this account ({status})",
                "see whether the address and the name are right, and whether the key may read it",
            )
        if status == 400:
            return self.error(
                f"{host} does not understand the request (400){said}",
                "see whether 'query', 'spaces' and 'repository' are right",
            )
        if status == 429:
            return self.error(f"{host} limits the rate, again and again (429){said}", "give the same command later")
        return self.error(f"{host} refuses, or is in trouble ({status}){said}", "see what it says, and try again")


class _Shown(AuthBase):
    """Shows the key in the header, and in nothing else."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._credentials.header())
        return request


def _cause(error: BaseException) -> str:
    """What lies behind an error, in a few words: the innermost of its reasons."""
    seen: list[BaseException] = [error]
    while (inner := _inside(seen[-1])) is not None and inner not in seen:
        seen.append(inner)
    return shortened(re.sub(r"<[\w. ]*object at 0x[0-9a-f]+>:? ?", "", str(seen[-1])) or type(seen[-1]).__name__)


def _inside(error: BaseException) -> BaseException | None:
    inside = [getattr(error, "reason", None), *error.args, error.__cause__]
    return next((item for item in inside if isinstance(item, BaseException)), None)

"""Clients of the providers' own libraries: opened so that nothing leaks, and their errors in the words of a wire."""

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.chat import retry_after, short
from loramake.teachers.keys import place_of, secret_of
from loramake.teachers.transport import CONNECT_SECONDS
from loramake.teachers.wire import WireError


class Client:
    """A library, its client for a model, and the key, which is read here. One try for each request.

    Raises TeacherError when the library is not installed, or the key is missing.
    """

    def __init__(self, spec: Synthesize, library: str, class_: str, *, timeout: float | None = None) -> None:
        where = place_of(spec.model)
        try:
            self._library: Any = importlib.import_module(library)
        except ImportError:
            raise TeacherError(
                f"the package '{library}' is not installed", where=where, hint=f"pip install 'loramake[{library}]'"
            ) from None
        # At their more talkative levels they log what is sent.
        for name in (library, "httpx2", "httpx"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.secret = secret_of(spec.model.key, where=where)
        seconds = timeout or spec.limit.timeout
        wait = self._library.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        # A redirect would lead to a place that the recipe does not name.
        http = self._library.DefaultHttpxClient(follow_redirects=False, timeout=wait)
        self.api: Any = getattr(self._library, class_)(
            api_key=self.secret or "none",
            base_url=_base(spec.model.url or "", library),
            max_retries=0,
            timeout=wait,
            http_client=http,
        )

    def close(self) -> None:
        """Let go of the sockets."""
        self.api.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What goes wrong inside, as a WireError without the key."""
        try:
            yield
        except self._library.APITimeoutError:
            raise WireError("silence", timed_out=True) from None
        except self._library.APIConnectionError as error:
            raise WireError(short(_cause(error), self.secret)) from None
        except self._library.APIStatusError as error:
            after = retry_after(error.response.headers.get("retry-after", ""))
            raise WireError(short(_says(error), self.secret), status=error.status_code, retry_after=after) from None
        except (self._library.APIError, ValueError, AttributeError, TypeError, RecursionError) as error:
            raise WireError(short(f"what came back is no answer: {error}", self.secret), status=200) from None


def _base(url: str, library: str) -> str:
    # Anthropic's library adds the version to the address by itself.
    return url.rstrip("/").removesuffix("/v1") if library == "anthropic" else url.rstrip("/")


def _says(error: Any) -> str:
    body = error.body
    about = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(about, dict):
        return str(about or "")
    parts = (about.get("code") or about.get("type"), about.get("message"))
    return ": ".join(str(part) for part in parts if part)


def _cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__

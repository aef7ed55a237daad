"""What an attempt to read a file comes to, whatever the parsers of hostile files raise, and whether that is final."""

import errno
import logging
import subprocess
from collections.abc import Callable

from loramake.errors import LoramakeError, SourceError
from loramake.readers import limits
from loramake.recipe.source import ReadingLimit

# Reasons that say more of the recipe's limits, or of this machine, than of the file. They are not kept.
BY_LIMIT = {"timeout", "out_of_memory", "reader_died", "too_big", "too_many_pages", "unreadable"}
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EACCES, errno.EPERM, errno.ESTALE}

_log = logging.getLogger(__name__)


def failure(work: Callable[[], None], limit: ReadingLimit, path: str) -> SourceError | None:
    """Do `work` on the file at `path`; why it fails. Raises what concerns more than this file, as LoramakeError."""
    try:
        work()
    except SourceError as error:
        return error
    except LoramakeError:
        raise
    except MemoryError:
        return _error(limits.out_of_memory(limit))
    except subprocess.TimeoutExpired:
        return _error(limits.timeout(limit, waited=True))
    except RecursionError:
        return SourceError("too_deep", "nested too deeply")
    except Exception as error:
        _log.info("%s: %s", path, type(error).__name__, exc_info=True)
        return _named(error)
    return None


def _error(reason: str) -> SourceError:
    return SourceError(*reason.split(": ", 1))


def _named(error: Exception) -> SourceError:
    """What an unforeseen error says of the file, or of this machine."""
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return SourceError("too_big", "it grows to more than its limit (limit.output_mb)")
    if isinstance(error, OSError) and error.errno in _OURS:
        return SourceError("unreadable", str(error.strerror))
    return SourceError("damaged", type(error).__name__)


def is_final(error: SourceError, limit: ReadingLimit) -> bool:
    """Whether the file would fail anywhere and always. Where memory runs out below a parser, it may say anything."""
    return error.reason not in BY_LIMIT and not limits.is_filling(limit, limits.grown())

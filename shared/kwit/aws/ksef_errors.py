"""Turn what goes wrong between here and KSeF into the three errors that the room `ksef` knows.

Their words come from a status, a code of KSeF or the name of a fault of the network: an answer's text may quote the
invoice or a token, so it goes nowhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from ksef_client import KsefHttpError, KsefRateLimitError

from kwit.ksef.ports import KsefBusyError, KsefRefusedError, KsefUnavailableError

_SECONDS_UNLESS_SAID = 60
_REQUEST_TIMEOUT = 408
_UNKNOWN_PUBLIC_KEY = 21470


@contextmanager
def ksef_errors() -> Iterator[None]:
    """Raise KsefUnavailableError, KsefBusyError or KsefRefusedError for what the client raises within."""
    try:
        yield
    except KsefRateLimitError as error:
        seconds = _SECONDS_UNLESS_SAID if error.retry_after is None else error.retry_after
        raise KsefBusyError(seconds) from None
    except KsefHttpError as error:
        raise of_answer(error) from None
    except httpx.HTTPError as error:
        # What the client does not wrap: a body that cannot be decoded.
        raise KsefUnavailableError(type(error).__name__) from None


def of_answer(error: KsefHttpError) -> KsefUnavailableError | KsefRefusedError:
    """Return what an answer, or its absence, means."""
    status = error.status_code
    if status == 0:
        return KsefUnavailableError(type(error.__cause__).__name__)
    if status >= 500 or status == _REQUEST_TIMEOUT:
        return KsefUnavailableError(f"HTTP {status}")
    if status < 400:
        return KsefUnavailableError(f"HTTP {status} with an answer that is not KSeF's")
    code, words = _told(error.response_body) or (status, "")
    if is_unknown_key(error):
        return KsefUnavailableError(f"{code} {words}")
    return KsefRefusedError(code, words)


def is_unauthorised(error: KsefHttpError) -> bool:
    """Tell whether KSeF does not take the access token any more."""
    return error.status_code == 401


def is_unknown_key(error: KsefHttpError) -> bool:
    """Tell whether the Ministry has withdrawn the public key that was used: another one must be asked for."""
    told = _told(error.response_body)
    return told is not None and told[0] == _UNKNOWN_PUBLIC_KEY


def _told(body: Any) -> tuple[int, str] | None:
    """Return code and description, from either of the two shapes in which KSeF tells faults of a request."""
    if not isinstance(body, dict):
        return None
    old = body.get("exception")
    faults = old.get("exceptionDetailList") if isinstance(old, dict) else body.get("errors")
    first = faults[0] if isinstance(faults, list) and faults else None
    if not isinstance(first, dict):
        reason = body.get("reasonCode") or body.get("title")
        status = body.get("status")
        return (status, str(reason)) if isinstance(status, int) and reason else None
    code = first.get("exceptionCode", first.get("code"))
    words = first.get("exceptionDescription", first.get("description"))
    return (code, str(words or "")) if isinstance(code, int) else None

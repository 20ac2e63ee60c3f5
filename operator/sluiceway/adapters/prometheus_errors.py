"""Failures of a connection in words for people at night; the same words while nothing changes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from socket import gaierror
from urllib.parse import urlsplit

from requests.exceptions import RequestException, Timeout
from urllib3.exceptions import HTTPError
from urllib3.exceptions import IncompleteRead as Broken

_MAX_REASON = 200


def late(seconds: float) -> str:
    """Return what is said of a provider that has not answered in time."""
    return (
        f"no answer within {seconds:g} s: it is overloaded, the query takes long, or the network between"
        " drops packets (a NetworkPolicy?)"
    )


def words(error: Exception, address: str, seconds: float) -> str:
    """Return what kept a query from being answered.

    What the libraries say names objects by their place in memory and repeats the query with its time: a
    status that quotes it would change with every query.

    Args:
        error: what was raised.
        address: of the provider.
        seconds: that it had.
    """
    place = urlsplit(address).netloc
    for cause in _causes(error):
        if found := _plain(cause, place, seconds):
            return found
    name = type(error).__name__
    said = "" if isinstance(error, RequestException | HTTPError) else f": {error}"
    return f"{place} can not be asked: {name}{said}"


def _plain(cause: BaseException, place: str, seconds: float) -> str:
    match cause:
        case gaierror():
            found = f"{place} is not found ({cause.strerror}): check the provider's address, and the DNS"
        case ssl.SSLCertVerificationError():
            why = cause.verify_message
            found = f"the certificate of {place} is not trusted ({why}): check the provider's caFile"
        case ssl.SSLError():
            found = f"no TLS with {place} ({cause.reason}): check http or https, and the caFile"
        case ConnectionRefusedError():
            found = f"nobody listens at {place} (connection refused): is it running?"
        case TimeoutError() | Timeout():
            found = late(seconds)
        case IncompleteRead() | Broken() | RemoteDisconnected() | ConnectionResetError():
            found = f"{place} ended the connection before its answer was whole"
        case HTTPException():
            found = f"what listens at {place} does not speak HTTP ({type(cause).__name__})"
        case OSError(errno=int()):
            found = f"no connection with {place}: {(cause.strerror or type(cause).__name__).lower()}"
        case _:
            found = ""
    return found


def line(text: str) -> str:
    """Return *text* on one line of bounded length, without what would steer a terminal."""
    found = "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
    return found if len(found) <= _MAX_REASON else f"{found[: _MAX_REASON - 1]}…"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__

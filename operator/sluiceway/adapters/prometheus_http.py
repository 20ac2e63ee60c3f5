"""One connection to a provider: one request for a query, and an answer of bounded length, or none."""

from __future__ import annotations

import time
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from prometheus_api_client import PrometheusConnect
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.exceptions import Timeout
from urllib3.util.retry import Retry

from sluiceway.adapters.prometheus_answers import MOST_SERIES, Unusable, refuse, samples
from sluiceway.adapters.prometheus_errors import line, words
from sluiceway.adapters.provider import Provider
from sluiceway.core.vectors import NoAnswer, Vector, vector

_MAX_BYTES = 1024 * 1024
"""A KiB for the labels of each series that is taken."""
_PART_BYTES = 64 * 1024


class Connection:
    """Asks a provider one query after the other, and is kept alive between them. For one thread at a time."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._token = _BearerToken(provider.bearer_token_file) if provider.bearer_token_file else None
        self._session = Session()
        # Neither proxies nor passwords (.netrc) of the environment: the configuration says everything.
        self._session.trust_env = False
        self._session.verify = provider.ca_file or True
        # What is limited is what arrives: nothing is unpacked.
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "sluiceway"})
        self._session.hooks["response"] = [_look]
        self._client = PrometheusConnect(provider.address, auth=self._token, session=self._session)
        # The client has put one of its own there, which would try again and wait in between.
        self._session.mount(provider.address, _OneAnswer(max_retries=Retry(0, read=False)))

    def ask(self, query: str, at: datetime, seconds: float) -> Vector | NoAnswer:
        """Return what *query* finds at a moment; raises nothing.

        It ends within *seconds*, unless the server sends a byte of its headers now and then.
        """
        # A result that is cut would be a count that is too low: one series more than is taken tells it.
        parameters = {"time": f"{at.timestamp():.3f}", "limit": f"{MOST_SERIES + 1}"}
        try:
            return vector(samples(self._client.custom_query(query, parameters, timeout=seconds)))
        except Unusable as error:
            return self._none(str(error))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, nothing is known
            return self._none(words(error, self._provider.address, self._provider.timeout_seconds))

    def close(self) -> None:
        """Give the socket back."""
        self._session.close()

    def _none(self, reason: str) -> NoAnswer:
        return NoAnswer(line(self._token.without(reason) if self._token else reason))


class _OneAnswer(HTTPAdapter):
    """Sends a request once, and reads no more of the answer than fits and comes in time."""

    def send(self, request: PreparedRequest, *_: Any, **given: Any) -> Response:
        """Return the whole answer; its timeout, in seconds, is one for all of it."""
        ends = time.monotonic() + given["timeout"]
        response = super().send(request, **given | {"stream": True})
        try:
            response.raw = BytesIO(_read(response, ends))
        except BaseException:
            response.close()
            raise
        return response


def _read(response: Response, ends: float) -> bytes:
    found = bytearray()
    while part := response.raw.read1(_PART_BYTES, decode_content=False):
        found += part
        if len(found) > _MAX_BYTES:
            raise Unusable(f"its answer is longer than {_MAX_BYTES // 1024} KiB: let the query find less")
        # The time-out of a socket begins anew with each byte.
        if time.monotonic() > ends:
            raise Timeout
    return bytes(found)


def _look(response: Response, **_: object) -> None:
    """Look at an answer before the client does, which knows neither types of results nor warnings."""
    refuse(response.status_code, response.content)


class _BearerToken(AuthBase):
    """Sends the token that a file holds at that moment."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._sent = ""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        try:
            found = Path(self._file).read_bytes().strip().decode("ascii")
        except OSError as error:
            raise Unusable(f"bearerTokenFile {self._file} can not be read: {error.strerror}") from None
        except UnicodeDecodeError:
            found = ""
        if not found or not found.isprintable() or " " in found:
            raise Unusable(f"bearerTokenFile {self._file} holds no token: one word is expected")
        self._sent = found
        request.headers["Authorization"] = f"Bearer {found}"
        return request

    def without(self, text: str) -> str:
        """Return *text*, which may quote a request, without the token."""
        return text.replace(self._sent, "(token)") if self._sent else text

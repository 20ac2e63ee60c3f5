"""A provider of metrics, as the operator's configuration names it."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def _name(given: str) -> str:
    if not _NAME.fullmatch(given):
        raise ValueError("write at most 63 lower-case letters, digits and - (not first, not last)")
    return given


def _address(given: str) -> str:
    example = "such as http://prometheus.monitoring:9090 or https://metrics.example.com/prometheus"
    try:
        parts = urlsplit(given)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    # Python drops what it takes for stray characters before it splits.
    if wrong or not given.isascii() or not given.isprintable() or " " in given or "\\" in given:
        raise ValueError(f"write a URL with http or https and a host, {example}")
    if "@" in parts.netloc:
        raise ValueError("write no credentials into the address: name a file in bearerTokenFile")
    if "?" in given or "#" in given:
        raise ValueError(f"write the address without a query (?) and a fragment (#), {example}")
    return given.rstrip("/")


def _file(given: str) -> str:
    if not given.startswith("/"):
        raise ValueError("write the whole path, beginning with /")
    return given


Seconds = Annotated[float, Field(allow_inf_nan=False)]
File = Annotated[str, AfterValidator(_file)]


class Provider(BaseModel):
    """Where metrics are asked for, and how."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True, strict=True
    )

    name: Annotated[str, AfterValidator(_name)]
    """What resources call it, a DNS label. They can not name an address."""

    address: Annotated[str, AfterValidator(_address)]
    """URL below which the Prometheus HTTP API lies (`/api/v1/query`), without a slash at its end."""

    timeout_seconds: Annotated[Seconds, Field(ge=0.1, le=30)] = 2.0
    """From the question to the whole answer; the time in which a query waits for its turn is part of it."""

    interval_seconds: Annotated[Seconds, Field(ge=0.25, le=300)] = 1.0
    """From one question to the next while a revision is judged."""

    scrape_seconds: Annotated[Seconds, Field(ge=0.5, le=300)] = 30.0
    """From one reading of its targets to the next, by the provider itself. A revision that is tried again so
    soon gets no requests until all of its attempt before has been read."""

    bearer_token_file: File | None = None
    """Holds a token that is sent along. It is read for every query, since tokens rotate."""

    ca_file: File | None = None
    """Certificates of the authorities that the provider's certificate is checked with; the usual ones
    without it."""

"""Hands the user's own pip configuration to builds, as secrets that stay out of the images."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

_KEPT = ("default-timeout", "extra-index-url", "index-url", "proxy", "retries", "timeout", "trusted-host")
"""What says how to reach packages. Other settings would change what is installed."""
_CERTIFICATES = "/run/secrets/ca.crt"
_FILES = (
    Path("/etc/pip.conf"),
    Path.home() / ".pip/pip.conf",
    Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "pip/pip.conf"),
)


def secrets(folder: Path) -> list[str]:
    """Return the `--secret` options of a build; *folder* keeps the files that they name.

    The files are what pip itself reads, in its order: the machine's, the user's, PIP_CONFIG_FILE,
    then the PIP_* variables. SSL_CERT_FILE counts where pip is told of no certificates.
    """
    found = _configuration()
    settings = {key: found[key] for key in _KEPT if key in found}
    options = []
    certificates = Path(found.get("cert") or os.environ.get("SSL_CERT_FILE", ""))
    if certificates.is_file():
        settings["cert"] = _CERTIFICATES
        options.append(f"--secret=id=ca.crt,src={certificates}")
    if settings:
        written = folder / "pip.conf"
        parser = configparser.RawConfigParser()
        parser["global"] = settings
        with written.open("w") as file:
            parser.write(file)
        options.append(f"--secret=id=pip.conf,src={written}")
    return options


def _configuration() -> dict[str, str]:
    parser = configparser.RawConfigParser()
    given = os.environ.get("PIP_CONFIG_FILE", "")
    parser.read([*_FILES, *([given] if given else [])])
    found = dict(parser["global"]) if parser.has_section("global") else {}
    variables = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_") and value
    }
    return found | variables

"""kubectl and the API server's health, as functions."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path

from e2e.cluster import binaries
from e2e.cluster.tool import call


def command(kubeconfig: Path) -> list[str]:
    """Return what starts kubectl, for those who read what it prints while it runs."""
    program = binaries.ensure("kubernetes").with_name("kubectl")
    return [str(program), f"--kubeconfig={kubeconfig}"]


def kubectl(kubeconfig: Path, *arguments: str, stdin: str | None = None) -> str:
    """Run kubectl and return what it prints.

    Args:
        stdin: for `apply -f -`.

    Raises:
        ClusterError: with kubectl's own words when it fails.
    """
    return call(command(kubeconfig), *arguments, stdin=stdin)


def unready(server: str, authority: Path) -> str:
    """Return why the API server at *server* is not ready; an empty string when it is."""
    context = ssl.create_default_context(cafile=str(authority))
    # The environment's proxy is for the outside world.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(f"{server}/readyz", timeout=2):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"/readyz answers {error.code}"
    except OSError as error:
        return f"no answer: {error}"

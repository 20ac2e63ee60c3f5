"""One HTTP request, from where pods' addresses lead to them: `python -m e2e.asking --help`.

Prints a JSON object: the status, 0 without an answer; the answer, or why there is none.
"""

from __future__ import annotations

import argparse
import json
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 3.0


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method")
    parser.add_argument("url")
    parser.add_argument("body", nargs="?", help="sent with POST")
    given = parser.parse_args()
    body = given.body.encode() if given.body is not None else None
    status, said = ask(urllib.request.Request(given.url, body, method=given.method))  # noqa: S310
    print(json.dumps({"status": status, "said": said}))


def ask(request: urllib.request.Request) -> tuple[int, str]:
    """Send a request; return the status, or 0 and why there is none."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


if __name__ == "__main__":
    main()

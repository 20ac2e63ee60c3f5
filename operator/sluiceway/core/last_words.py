"""What Triton said before it ended, without what changes from one try to the next.

kubelet keeps the last 2048 bytes or 80 lines of the log (terminationMessagePolicy:
FallbackToLogsOnError). The cause stands there as an error line or in the table of models.
"""

from __future__ import annotations

import re

MAX_LENGTH = 600
_PREFIX = re.compile(r"^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ +[\w./]+:\d+\] *")
"""glog's line prefix: level, month and day, time, thread, file and line."""
_TABLE_ROW = re.compile(
    r"^\| *(?P<model>[^|]+?) *\| *(?P<version>[^|]+?) *\| *UNAVAILABLE: *(?P<cause>.+?)[ |]*$"
)
_GENERIC = re.compile(r"failed to load all models|^error: creating server|Shutting down|Exit timeout")


def last_words(log: str) -> str:
    """Return the cause from the end of Triton's log, "" when it holds none."""
    lines = [line.strip() for line in log.splitlines()]
    causes = [
        *(found["cause"] for line in lines if (found := _TABLE_ROW.match(line))),
        *(_PREFIX.sub("", line) for line in lines if re.match(r"^[EF]\d{4} ", line)),
        *(line for line in lines if line.lower().startswith("error:")),
    ]
    telling = [cause for cause in causes if not _GENERIC.search(cause)]
    chosen = (telling or causes or [""])[0].strip('" ')
    return chosen if len(chosen) <= MAX_LENGTH else f"{chosen[: MAX_LENGTH - 1]}…"

"""What Triton said before it ended, without what changes from one try to the next.

kubelet keeps the last 2048 bytes or 80 lines of the log (terminationMessagePolicy:
FallbackToLogsOnError). With `--log-info=false` the cause is among them; with Triton's default it is
not, since a table of all server options comes after it.
"""

from __future__ import annotations

import re

MAX_LENGTH = 600
_GLOG = re.compile(r"^(?P<level>[IWEF])\d{4} [\d:.]+ +\d+ +[\w./]+:\d+\] *(?P<text>.*)$")
"""glog's line: level, month and day, time, thread, file and line, text."""
_PROTOBUF = re.compile(r"^\[libprotobuf ERROR [^\]]*\] *(?P<text>.*)$")
_TABLE_ROW = re.compile(r"^\|[^|]+\|[^|]+\| *UNAVAILABLE: *(?P<text>.+?)[ |]*$")
_LOAD = re.compile(r"failed to load '[^']*' version \d+: *(?P<text>.*)")
_NOISE = re.compile(r"CudaDriverHelper|NVML|DCGM|pinned system memory")
"""Said on every machine without a GPU, whether the model loads or not."""
_GENERIC = re.compile(r"failed to load all models|Exit timeout")


def last_words(log: str) -> str:
    """Return the cause from the end of Triton's log, "" when it holds none."""
    said = [text for line in log.splitlines() if (text := _telling(line.strip()))]
    causes = [found["text"] for text in said if (found := _LOAD.search(text))]
    telling = [text for text in said if not _GENERIC.search(text)]
    chosen = causes[:1] or telling or said[-1:]
    # A configuration error comes in two lines: where in the file, and which file.
    text = "; ".join(chosen)
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1]}…"


def _telling(line: str) -> str:
    """Return the text of a line that reports an error, "" for any other."""
    if _NOISE.search(line):
        return ""
    if found := _TABLE_ROW.match(line) or _PROTOBUF.match(line):
        return _plain(found["text"])
    if found := _GLOG.match(line):
        failed = found["level"] in "EF" or "Failed to" in found["text"]
        return _plain(found["text"]) if failed else ""
    return _plain(line) if line.lower().startswith("error") else ""


def _plain(text: str) -> str:
    """Take off quotes, and make one line of what Triton writes as several, escaped."""
    return " ".join(text.replace("\\n", " ").strip('" ').split())

"""Compares what a command prints with what a page shows of it.

No two runs print the same. What a page shows stands for:

| on the page              | means                                                                   |
|--------------------------|-------------------------------------------------------------------------|
| `fraud-6f9c2`            | the name of a revision: of the same one wherever it stands on the page   |
| `fraud-6f9c2-x7b-9qz4w`  | one of its pods                                                         |
| `17`, `0.5`, `1,783`     | a number                                                                |
| `3d`, `2m10s`            | an age                                                                  |
| `2026-07-30T03:00:00Z`   | a moment                                                                |
| `...`                    | anything, or nothing; alone in a line, any lines                        |
| spaces                   | one or more of them                                                     |

Everything else is to be printed as it stands there. A hash of a revision on a page has a digit in it, as
names like `my-added` would be taken for one otherwise.
"""

from __future__ import annotations

import re

_HASH = r"(?=[a-f]*\d)[0-9a-f]{5}"
_REVISION = rf"(?<![\w.-])(?P<revision>[a-z][a-z0-9]*(?:-[a-z0-9]+)*?-{_HASH})(?![\w])"
_PIECES = re.compile(
    rf"{_REVISION}(?P<pod>(?:-[a-z0-9]+)*)"
    r"|(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"
    r"|(?<![\w.])(?P<age>\d+[dhms](?:\d+[hms])?)(?![\w.])"
    r"|(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?)(?!\w)"
    r"|(?P<anything>\.\.\.)"
    r"|(?P<space>[ \t]+)"
)
_STANDS_FOR = {
    "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z",
    "age": r"\d+[dhms](?:\d+[hms])?",
    "number": r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?",
    "anything": r".*",
    "space": r"[ \t]+",
}
_ANY_LINES = r"(?:\n[^\n]*)*?"


class Names:
    """The revisions on a page, and those that they are in this run."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}

    def replaced(self, command: str) -> str:
        """Return a command of the page with the names that it has in this run.

        :raises LookupError: with a name that no output has told so far.
        """

        def real(found: re.Match[str]) -> str:
            if found["revision"] not in self._real:
                raise LookupError(f"what {found['revision']} is has not been shown before: {command}")
            return self._real[found["revision"]]

        return re.sub(_REVISION, real, command)

    def fit(self, shown: str, printed: str) -> bool:
        """Tell whether *printed* is what *shown* stands for; if so, take up the names that it tells."""
        new: dict[str, str] = {}
        found = re.fullmatch(self._pattern(shown, new), f"\n{_tidy(printed)}")
        if not found:
            return False
        told = {name: found[group] for name, group in new.items()}
        # Two names on the page are two revisions.
        if len({*self._real.values(), *told.values()}) < len(self._real) + len(told):
            return False
        self._real |= told
        return True

    def _pattern(self, shown: str, new: dict[str, str]) -> str:
        pattern = ""
        for line in _tidy(shown).split("\n"):
            pattern += _ANY_LINES if line == "..." else rf"\n{self._line(line, new)}"
        return pattern

    def _line(self, line: str, new: dict[str, str]) -> str:
        pattern, end = "", 0
        for piece in _PIECES.finditer(line):
            pattern += re.escape(line[end : piece.start()])
            end = piece.end()
            if piece.lastgroup in _STANDS_FOR:
                pattern += _STANDS_FOR[piece.lastgroup]
            else:
                pattern += self._revision(piece["revision"], new)
                pattern += "(?:-[a-z0-9]+)+" if piece["pod"] else ""
        return pattern + re.escape(line[end:])

    def _revision(self, name: str, new: dict[str, str]) -> str:
        if name in self._real:
            return re.escape(self._real[name])
        if name in new:
            return f"(?P={new[name]})"
        new[name] = f"revision_{len(new)}"
        return rf"(?P<{new[name]}>{re.escape(name.rpartition('-')[0])}-[0-9a-f]{{5,}})"


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())

"""Every command of the documentation is run by a test, or it is written down why it can not be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documented.pages import ROOT, TERMINAL, Block, Command, blocks, commands, pages, parse, typed
from tests.documented.walks import NOT_RUN, WALKS, excused, walk, walked_by

LANGUAGES = {TERMINAL, "json", "lua", "mermaid", "promql", "python", "text", "yaml"}
_A_COMMAND = re.compile(r"\$ |(cat|curl|docker|export|git|helm|kubectl|make|pip|sluiceway|sudo) (?!.* \|)")


@pytest.mark.parametrize("page", pages())
def test_every_command_of_a_page_is_typed_by_a_test(page: str) -> None:
    found = walk(page)
    untold = [str(command) for command in found] if page not in WALKS else []
    assert not untold, f"no test runs these: name the page in {walked_by.__module__}, or why it can not be"
    assert found or page not in WALKS, f"{page} has no command that its walk could type"


@pytest.mark.parametrize("page", pages())
def test_commands_stand_in_terminals(page: str) -> None:
    for block in blocks(page):
        assert block.language in LANGUAGES, f"{page}:{block.line}: say what the block holds: {LANGUAGES}"
        if block.language == "text":
            hidden = [line for line in block.lines if _A_COMMAND.match(line)]
            assert not hidden, f"{page}:{block.line}: write commands in a block `{TERMINAL}`: {hidden}"


def test_those_that_no_test_types_are_there() -> None:
    used = {excused(command) for page in pages() for command in typed(page)}
    assert set(NOT_RUN) - used == set(), "no page has these any more"


@pytest.mark.parametrize("page", WALKS)
def test_a_walk_is_of_a_page_and_in_a_module(page: str) -> None:
    assert page in pages()
    module = (ROOT / WALKS[page]).read_text(encoding="utf-8")
    assert "walked_by(" in module or Path(page).name in module, "this module types other pages"


PAGE = """
Text with `$ code` in it.

```console
$ kubectl apply -f - <<EOF
a: 1
EOF
fraud created
$ helm upgrade \\
  --install it
$ kubectl get mdep
NAME   READY

fraud  True
```

- a list

  ```yaml
  spec:
    a: 1
  ```
"""


def test_a_page_is_read() -> None:
    terminal, written = parse("page.md", PAGE)
    assert (terminal.language, terminal.line) == ("console", 5)
    assert written.text == "spec:\n  a: 1\n"
    assert commands(terminal) == [
        Command("page.md", 5, "kubectl apply -f - <<EOF\na: 1\nEOF", "fraud created"),
        Command("page.md", 9, "helm upgrade \\\n  --install it", ""),
        Command("page.md", 11, "kubectl get mdep", "NAME   READY\n\nfraud  True"),
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("kubectl get mdep",), "page.md:3: a terminal begins with a command: kubectl get mdep"),
        (("$ ls", "$ cat <<EOF", "a: 1"), "page.md:4: the command has no end: $ cat <<EOF"),
        (("$ helm upgrade \\",), "page.md:3: the command has no end"),
    ],
)
def test_what_is_no_terminal_is_told(lines: tuple[str, ...], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        commands(Block("page.md", 3, TERMINAL, lines))


def test_a_block_without_an_end_is_told() -> None:
    with pytest.raises(ValueError, match=r"page.md:2: the block has no end"):
        list(parse("page.md", "```yaml\na: 1\n"))

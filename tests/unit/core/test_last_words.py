"""What Triton said before it ended: from logs of real servers, cut as kubelet cuts them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.last_words import MAX_LENGTH, last_words

LOGS = Path(__file__).parents[1] / "fixtures" / "triton-logs"
CAUSES = {
    "config-syntax-error": "2:20: Expected identifier, got: ;; Poll failed for model directory 'fraud'",
    "initialize-raises": "RuntimeError: the tokenizer of this revision needs transformers 5 or newer",
    "model-file-missing": "Python model file not found in '/models/fraud/1/model.py'",
    "no-version-directory": "at least one version must be available under the version policy",
    "weights-missing": "ValueError: The provided filename /models/fraud/1/model.pt does not exist",
}


def termination_message(log: str) -> str:
    """Return what kubelet keeps of a log: the last 80 lines, of them the last 2048 bytes."""
    lines = "".join(log.splitlines(keepends=True)[-80:])
    return lines.encode()[-2048:].decode(errors="replace")


def a_try_later(log: str) -> str:
    """Return the log as the next try writes it: other dates, other times, another process."""
    return re.sub(r"(?m)^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} (\d+) ", r"\g<1>0101 00:00:00.000001 7\2 ", log)


def read(cause: str) -> str:
    return (LOGS / f"{cause}.quiet.log").read_text(encoding="utf-8")


def test_every_log_has_its_cause_here() -> None:
    assert {path.name.split(".")[0] for path in LOGS.glob("*.log")} == set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_cause_is_told_after(cause: str) -> None:
    words = last_words(termination_message(read(cause)))
    assert CAUSES[cause] in words
    assert "\n" not in words
    assert "\\n" not in words


@pytest.mark.parametrize("cause", CAUSES)
def test_two_tries_say_the_same_after(cause: str) -> None:
    log = read(cause)
    assert a_try_later(log) != log
    assert last_words(termination_message(a_try_later(log))) == last_words(termination_message(log))


@pytest.mark.parametrize(
    "log", ["", "\n\n", "I0730 02:59:00.000000 1 server.cc:1] Waiting for in-flight requests"]
)
def test_a_log_without_a_cause_has_no_last_words(log: str) -> None:
    assert last_words(log) == ""


def test_when_only_the_summary_is_left_it_is_told() -> None:
    log = "error: creating server: Internal - failed to load all models\n"
    assert last_words(log) == log.strip()


def test_what_every_machine_without_a_gpu_says_is_no_cause() -> None:
    log = 'E0730 02:59:00.000000 1 server.cc:241] "CudaDriverHelper has not been initialized."\n'
    assert last_words(log) == ""


def test_the_table_of_models_gives_the_cause() -> None:
    row = "| fraud | 7       | UNAVAILABLE: Internal: no such file  |"
    assert last_words(f"+-------+\n{row}\n+-------+\n") == "Internal: no such file"


def test_long_words_are_cut_with_a_sign() -> None:
    words = last_words(f"error: {'long ' * MAX_LENGTH}")
    assert len(words) == MAX_LENGTH
    assert words.endswith("…")


@given(st.text(max_size=3000))
def test_whatever_the_log_holds_the_words_are_one_short_line(log: str) -> None:
    words = last_words(termination_message(log))
    assert len(words) <= MAX_LENGTH
    assert len(words.splitlines()) <= 1

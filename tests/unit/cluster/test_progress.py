from pathlib import Path

import pytest

from e2e.cluster.progress import ClusterError, tail, wait_for


def test_waiting_ends_when_nothing_is_missing() -> None:
    answers = iter(["not yet", "almost", ""])
    wait_for("it", lambda: next(answers), seconds=60)
    assert next(answers, None) is None


def test_a_missed_deadline_tells_what_was_missing_and_where_to_look(tmp_path: Path) -> None:
    log = tmp_path / "etcd.log"
    log.write_text("first\nlast words\n")
    with pytest.raises(ClusterError) as error:
        wait_for("the store answers", lambda: "no leader", seconds=0, logs=[log])
    for words in ("the store answers", "no leader", "last words", str(log)):
        assert words in str(error.value)


def test_only_the_end_of_a_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert tail(log, lines=2).splitlines()[1:] == ["line 98", "line 99"]


def test_a_log_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert "no log yet" in tail(tmp_path / "missing.log")

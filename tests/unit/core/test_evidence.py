"""Sums over guards that restart, go, come and fall silent: they never fall, and nobody is counted twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.counts import Counts
from sluiceway.core.evidence import MOST_GONE, Evidence, Restarts, Scrape, Silence
from sluiceway.core.readings import Reading, Unanswered, Updates
from sluiceway.core.standing import IN_A_ROW
from sluiceway.core.tally import Moment
from tests.fakes.objects import NOW

SILENT = Unanswered("connection refused")


def moment(seconds: float) -> Moment:
    return Moment(NOW + timedelta(seconds=seconds), seconds, seconds)


def scrape(name: str, **given: int) -> Scrape:
    return Scrape(pod=name, uid=f"uid-of-{name}", target=f"{name}:8003", restarts=Restarts(**given))


def served(
    good: int = 0, bad: int = 0, *, in_flight: int = 0, abandoned: int = 0, uptime: int = 3600
) -> Reading:
    """Return what a guard says that has passed on so many requests over HTTP."""
    begun = good + bad + in_flight + abandoned
    counts = Counts(http=(0, good, 0, 0, bad), abandoned=(abandoned,))
    return Reading(counts, (in_flight, 0), (begun, 0), uptime)


def told(*looks: Reading | Unanswered, evidence: Evidence | None = None, since: float = 0.0) -> Evidence:
    """Return the evidence of one pod after these looks, half a second apart."""
    found = (evidence or Evidence()).watching([scrape("a")])
    for number, look in enumerate(looks):
        found = found.took("uid-of-a", look, moment(since + number / 2))
    return found


def answers(evidence: Evidence) -> tuple[int, int]:
    """Return how many requests were answered well, and how many badly."""
    return evidence.counts.http[1], evidence.counts.http[4]


RESTARTS: dict[str, tuple[tuple[Reading, ...], tuple[int, int]]] = {
    "none": ((served(5), served(7, 1)), (7, 1)),
    "one is seen by what it counted": ((served(5, 2), served(1)), (6, 2)),
    "one is seen by the guard's age": ((served(5, uptime=900), served(5, uptime=0)), (10, 0)),
    "two": ((served(5), served(3, uptime=0), served(1, uptime=0)), (9, 0)),
    "the node's clock is set back": ((served(5, uptime=900), served(6, uptime=600)), (6, 0)),
    "a young guard whose age is told late": ((served(5, uptime=1), served(6, uptime=0)), (6, 0)),
}


@pytest.mark.parametrize("case", RESTARTS)
def test_what_was_counted_before_a_restart_stays(case: str) -> None:
    looks, expected = RESTARTS[case]
    assert answers(told(*looks)) == expected


def test_a_restart_while_nobody_could_read_is_seen_by_the_guards_age() -> None:
    # It counted more than its predecessor, which was as old as it is now.
    evidence = told(served(5, uptime=30), SILENT)
    again = evidence.took("uid-of-a", served(7, uptime=30), moment(60))
    assert answers(again) == (12, 0)


def test_what_a_pod_counted_stays_when_it_goes_and_what_was_in_flight_does_not() -> None:
    evidence = told(served(5, in_flight=3), served(5, in_flight=3))
    assert (evidence.in_flight, evidence.older_than(0.5)) == (3, 3)
    without = evidence.watching([])
    assert answers(without) == (5, 0)
    assert (without.in_flight, without.older_than(0.5), without.counts.abandoned) == (0, 0, (0,))


def test_a_pod_that_comes_back_is_not_counted_twice() -> None:
    evidence = told(served(5)).watching([])
    assert answers(told(served(2, uptime=0), evidence=evidence, since=9)) == (7, 0)
    assert answers(evidence.took("uid-of-a", served(9), moment(9))) == (5, 0)


def test_many_pods_that_went_are_remembered_in_little_room() -> None:
    evidence = Evidence()
    for number in range(3 * MOST_GONE):
        pod = scrape(f"pod-{number}", triton=1)
        evidence = evidence.watching([pod]).took(pod.uid, served(1), moment(number))
    assert answers(evidence) == (3 * MOST_GONE, 0)
    assert evidence.restarts == Restarts(3 * MOST_GONE, 0)
    assert len(evidence._pods) <= MOST_GONE + 1


def test_restarts_of_containers_are_summed_and_outlive_their_pods() -> None:
    evidence = Evidence().watching([scrape("a", triton=2, guard=1), scrape("b", triton=1)])
    assert evidence.restarts == Restarts(3, 1)
    assert evidence.watching([scrape("b", triton=2)]).restarts == Restarts(4, 1)
    # kubelet may tell of fewer for a moment: a status that it has not filled in yet.
    assert evidence.watching([scrape("a"), scrape("b")]).restarts == Restarts(3, 1)


def test_callers_that_gave_up_stay_counted_over_a_restart() -> None:
    looks = [served(1, abandoned=2)] * 2 + [served(0, abandoned=1, uptime=0)] * 2
    assert told(*looks).counts.abandoned == (3,)


def test_silence_is_told_after_several_looks_with_its_first_reason_and_time() -> None:
    evidence = told(served(5, in_flight=2), Unanswered("no answer within 0.4 s"), *[SILENT] * (IN_A_ROW - 2))
    assert (evidence.answering, evidence.silent, evidence.in_flight) == (1, (), 2)
    evidence = evidence.took("uid-of-a", SILENT, moment(9))
    since = NOW + timedelta(seconds=0.5)
    assert evidence.silent == (Silence("a", since, "no answer within 0.4 s"),)
    assert (evidence.answering, evidence.in_flight, evidence.older_than(0)) == (0, 0, 0)
    assert answers(evidence) == (5, 0)


def test_one_answer_among_silence_changes_nothing_and_several_do() -> None:
    silent = told(*[SILENT] * IN_A_ROW)
    flickering = told(served(1), SILENT, served(1), served(1), evidence=silent, since=9)
    assert flickering.silent == silent.silent
    answering = told(*[served(1)] * IN_A_ROW, evidence=silent, since=9)
    assert (answering.answering, answering.silent) == (1, ())


def test_one_miss_among_answers_changes_nothing() -> None:
    assert told(served(1), SILENT, SILENT, served(1), SILENT, SILENT).silent == ()


def updates(taken: int, rejected: int) -> Reading:
    return replace(served(), tables={"http": Updates(taken, rejected)})


REFUSALS: dict[str, tuple[tuple[Reading, ...], bool]] = {
    "never": ((updates(1, 0), updates(2, 0)), False),
    "before anybody looked": ((updates(1, 1),), True),
    "and nothing came since": ((updates(1, 0), updates(1, 1), updates(1, 1)), True),
    "and another was taken up": ((updates(1, 0), updates(1, 1), updates(2, 1)), False),
    "once more": ((updates(1, 1), updates(2, 1), updates(2, 2)), True),
    "by a process that has ended": ((updates(1, 1), replace(updates(1, 0), uptime=0)), False),
}


@pytest.mark.parametrize("when", REFUSALS)
def test_a_table_was_refused(when: str) -> None:
    looks, expected = REFUSALS[when]
    assert told(*looks).refused == ((("a", "http"),) if expected else ())


@dataclass
class Envoy:
    """A guard as it really is: requests begin, are answered, abandoned, and lost when its process ends."""

    good: int = 0
    in_flight: int = 0
    abandoned: int = 0
    born: float = -9999.0
    truth: int = 0
    """All that were ever answered."""

    def lives(self, chance: Random, now: float) -> None:
        if chance.random() < 0.1:
            self.good = self.in_flight = self.abandoned = 0
            self.born = now
        self.in_flight += chance.randint(0, 5)
        done = chance.randint(0, self.in_flight)
        left = chance.randint(0, done)
        self.in_flight -= done
        self.good += done - left
        self.abandoned += left
        self.truth += done - left

    def reading(self, now: float) -> Reading:
        return served(
            self.good, in_flight=self.in_flight, abandoned=self.abandoned, uptime=int(now - self.born)
        )


@dataclass
class Fleet:
    """Pods that come, go, restart and do not always answer."""

    chance: Random
    pods: dict[str, Envoy] = field(default_factory=dict)
    gone: int = 0

    def scrapes(self) -> list[Scrape]:
        found = [scrape(name) for name in self.pods]
        self.chance.shuffle(found)
        return found

    def changes(self, number: int) -> None:
        if self.chance.random() < 0.2:
            self.pods[f"pod-{number}"] = Envoy()
        if self.pods and self.chance.random() < 0.1:
            self.gone += self.pods.pop(self.chance.choice(list(self.pods))).truth


@given(chance=st.randoms())
def test_sums_never_fall_and_never_exceed_the_truth(chance: Random) -> None:
    fleet, evidence = Fleet(chance, {"first": Envoy()}), Evidence()
    for number in range(60):
        now = number / 2
        fleet.changes(number)
        before, evidence = evidence, evidence.watching(fleet.scrapes())
        for name, envoy in fleet.pods.items():
            envoy.lives(chance, now)
            look = SILENT if chance.random() < 0.2 else envoy.reading(now)
            evidence = evidence.took(f"uid-of-{name}", look, moment(now))
        assert not before.counts.falls_to(evidence.counts)
        assert answers(evidence)[0] <= fleet.gone + sum(each.truth for each in fleet.pods.values())
        assert 0 <= evidence.older_than(1) <= evidence.in_flight


@given(
    good=st.lists(st.integers(0, 50), min_size=1, max_size=6),
    order=st.permutations(range(6)),
)
def test_the_order_of_pods_does_not_matter(good: list[int], order: list[int]) -> None:
    def after(numbers: list[int]) -> Evidence:
        found = Evidence().watching([scrape(f"pod-{number}") for number in numbers])
        for number in numbers:
            look = served(good[number], in_flight=number) if good[number] else SILENT
            found = found.took(f"uid-of-pod-{number}", look, moment(1))
        return found

    straight = after(list(range(len(good))))
    shuffled = after([number for number in order if number < len(good)])
    assert straight.counts == shuffled.counts
    assert (straight.silent, straight.answering, straight.in_flight) == (
        shuffled.silent,
        shuffled.answering,
        shuffled.in_flight,
    )


@given(first=st.integers(0, 10**12), second=st.integers(0, 10**12), uptime=st.integers(0, 10**6))
def test_whatever_a_guard_claims_counts_stay_counts(first: int, second: int, uptime: int) -> None:
    evidence = told(served(first), served(second, uptime=uptime))
    assert answers(evidence)[0] >= max(first, second)

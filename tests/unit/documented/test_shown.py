"""When what a command prints is what a page shows."""

from __future__ import annotations

import pytest

from tests.documented.shown import Names

SAME = {
    "the same text": ("nothing is under way", "nothing is under way"),
    "columns of another width": ("NAME  READY\nfraud  True", "NAME     READY   \nfraud    True\n"),
    "other numbers": ("9 of 41 requests failed (0.5 %)", "12 of 1,300 requests failed (1 %)"),
    "another age": ("fraud  True  3d", "fraud True 2m10s"),
    "another moment": ("since 2026-07-30T03:00:00Z (no answer)", "since 2027-01-01T11:59:59Z (no answer)"),
    "another revision": ("fraud-6f9c2 serves", "fraud-abcde serves"),
    "a longer hash": ("fraud-6f9c2 serves", "fraud-abcdef01 serves"),
    "a pod of another revision": ("fraud-6f9c2-5d8f-x7b2z  2/2", "fraud-11aa1-77f9c-qqqqq  2/2"),
    "a pod whose name goes on like a hash": ("fraud-6f9c2-00000 is silent", "fraud-11aa1-00003 is silent"),
    "a revision and its pod": ("fraud-6f9c2: fraud-6f9c2-x-y", "fraud-00000: fraud-00000-a-b"),
    "anything within a line": ("image ... is missing", "image triton:1 is missing"),
    "any lines": ("first\n...\nlast", "first\nsecond\nthird\nlast"),
    "no lines": ("first\n...", "first\n"),
    "words with digits": ("sluiceway.dev/v1alpha1 http2", "sluiceway.dev/v1alpha1 http2"),
}
OTHER = {
    "other words": ("nothing is under way", "everything is under way"),
    "a word where a number is": ("9 of 41", "nine of 41"),
    "one line more": ("fraud  True", "fraud  True\nother  True"),
    "one line less": ("fraud  True\nother  True", "fraud  True"),
    "nothing": ("fraud  True", ""),
    "another name": ("fraud-6f9c2 serves", "scoring-6f9c2 serves"),
    "a pod where a revision is": ("fraud-6f9c2 serves", "fraud-6f9c2-x7b serves"),
    "two for one": ("fraud-6f9c2 and fraud-6f9c2", "fraud-11111 and fraud-22222"),
    "one for two": ("fraud-6f9c2 and fraud-81d40", "fraud-11111 and fraud-11111"),
}


@pytest.mark.parametrize("what", SAME)
def test_it_is_the_same_with(what: str) -> None:
    shown, printed = SAME[what]
    assert Names().fit(shown, printed)


@pytest.mark.parametrize("what", OTHER)
def test_it_is_not_the_same_with(what: str) -> None:
    shown, printed = OTHER[what]
    assert not Names().fit(shown, printed)


def test_a_revision_stays_the_one_that_it_was() -> None:
    names = Names()
    assert names.fit("fraud-6f9c2 serves", "fraud-aaaaa serves")
    assert not names.fit("fraud-6f9c2 serves", "fraud-bbbbb serves")
    assert not names.fit("fraud-81d40 is tried", "fraud-aaaaa is tried")
    assert names.fit("fraud-81d40 is tried", "fraud-bbbbb is tried")
    assert names.replaced("retry=fraud-81d40/1/0") == "retry=fraud-bbbbb/1/0"


def test_what_does_not_fit_names_nothing() -> None:
    names = Names()
    assert not names.fit("fraud-6f9c2 serves well", "fraud-aaaaa serves")
    with pytest.raises(LookupError, match="fraud-6f9c2 is has not been shown"):
        names.replaced("retry=fraud-6f9c2/1/0")

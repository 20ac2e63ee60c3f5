from e2e.cluster.residue import Snapshot


def snapshot(*facts: str) -> Snapshot:
    return Snapshot(frozenset(facts))


def test_nothing_changed() -> None:
    assert snapshot("link lo", "mount /").since(snapshot("mount /", "link lo")) == []


def test_what_came_and_what_went_are_told_apart() -> None:
    before = snapshot("link lo", "setting panic = 0")
    after = snapshot("link lo", "setting panic = 10", "link sluiceway0")
    assert after.since(before) == [
        "+ link sluiceway0",
        "+ setting panic = 10",
        "- setting panic = 0",
    ]

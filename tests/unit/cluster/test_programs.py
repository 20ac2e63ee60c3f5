import re
from pathlib import Path

from e2e.cluster import paths
from e2e.cluster.programs import KUBERNETES_VERSION, ON_DEMAND, PROGRAMS


def test_every_program_is_locked_by_a_hash_or_lies_here() -> None:
    for program in (PROGRAMS | ON_DEMAND).values():
        if program.module:
            assert re.fullmatch(r"h1:[A-Za-z0-9+/]{43}=", program.module.sum)
        else:
            assert (paths.SOURCES / "go" / program.name / "go.mod").exists()


def test_the_kubernetes_version_is_the_one_in_go_mod() -> None:
    go_mod = Path(paths.SOURCES, "go", "kubernetes", "go.mod").read_text()
    assert f"k8s.io/kubernetes {KUBERNETES_VERSION}\n" in go_mod
    staging = set(re.findall(r"k8s\.io/[a-z-]+ => k8s\.io/[a-z-]+ v0\.(\S+)", go_mod))
    assert staging == {KUBERNETES_VERSION.removeprefix("v1.")}

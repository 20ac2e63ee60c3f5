"""Is there room for more pods, as far as whole resources such as GPUs go? kube-scheduler's rules, in numbers.

Counted are extended resources, `nvidia.com/gpu` or `nvidia.com/mig-1g.10gb`: each is a whole, which no two
pods share. Processor and memory are left to the scheduler's own words. What it takes to be one, and which
nodes a pod may go to: `IsExtendedResourceName` in pkg/apis/core/helper and the plugins NodeAffinity,
TaintToleration and NodeUnschedulable of pkg/scheduler, Kubernetes 1.35.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sluiceway.build.objects import Object
from sluiceway.build.quantities import quantity
from sluiceway.core.placing import may_run_on


@dataclass(frozen=True)
class Surroundings:
    """What a pod has to share: the nodes, all pods that are on one, and the quotas of its namespace."""

    nodes: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    quotas: tuple[Object, ...] = ()


@dataclass(frozen=True)
class Room:
    """What there is for more pods of one template."""

    takes: Mapping[str, int]
    """What one pod takes, by resource."""
    fits: int
    """How many more pods have room, on nodes and in quotas."""
    free: Mapping[str, int]
    """How many of each resource are free on the nodes that would take the pod."""
    nodes: int
    """How many nodes would take it and have such resources at all."""
    quota: str = ""
    """In words, which ResourceQuota leaves less than the nodes do."""

    def words(self, pods: int) -> str:
        """Return what *pods* more of them need and what is free, in words."""
        needed = " and ".join(f"{pods * count} {name}" for name, count in self.takes.items())
        free = " and ".join(f"{self.free[name]} {name}" for name in self.takes)
        where = "the node that takes them" if self.nodes == 1 else f"the {self.nodes} nodes that take them"
        are = "is" if sum(self.free[name] for name in self.takes) == 1 else "are"
        there = f"{free} {are} free on {where}" if self.nodes else "no node that may take them has any"
        need = "1 more pod needs" if pods == 1 else f"{pods} more pods need"
        return f"{need} {needed}; {self.quota or there}"


def takes(pod: Mapping[str, Any]) -> dict[str, int]:
    """Return the extended resources that a pod with this `spec` takes, by name."""
    together: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for container in pod.get("containers") or []:
        together.update(_limits(container))
    for container in pod.get("initContainers") or []:
        if container.get("restartPolicy") == "Always":
            together.update(_limits(container))
        else:
            alone |= Counter(_limits(container))
    return {name: count for name, count in (together | alone).items() if count}


def room(template: Object, around: Surroundings) -> Room | None:
    """Return what room there is for more pods of a *template*; None for pods without extended resources."""
    spec = template["spec"]
    needed = takes(spec)
    if not needed:
        return None
    taken = _taken(around.pods)
    free = [
        {name: max(0, _of(node, name) - taken.get((_name(node), name), 0)) for name in needed}
        for node in around.nodes
        if may_run_on(node, spec) and all(_of(node, name) for name in needed)
    ]
    fits = sum(_pods(needed, each) for each in free)
    allowed, quota = _tightest(needed, around.quotas)
    return Room(
        takes=needed,
        fits=fits if allowed is None else min(fits, allowed),
        free={name: sum(each[name] for each in free) for name in needed},
        nodes=len(free),
        quota=quota if allowed is not None and allowed < fits else "",
    )


def _limits(container: Mapping[str, Any]) -> dict[str, int]:
    limits = (container.get("resources") or {}).get("limits") or {}
    return {name: whole(value) for name, value in limits.items() if _is_extended(name)}


def _is_extended(name: str) -> bool:
    return "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")


def whole(amount: object) -> int:
    """Return a quantity of whole things; 0 for other text."""
    return int(quantity(amount) or 0)


def _taken(pods: Iterable[Object]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for pod in pods:
        spec = pod.get("spec") or {}
        node, phase = spec.get("nodeName"), (pod.get("status") or {}).get("phase")
        if node and phase not in ("Succeeded", "Failed"):
            found.update({(node, name): count for name, count in takes(spec).items()})
    return found


def _name(node: Object) -> str:
    return str(node["metadata"]["name"])


def _of(node: Object, resource: str) -> int:
    return whole(((node.get("status") or {}).get("allocatable") or {}).get(resource, 0))


def _pods(needed: Mapping[str, int], free: Mapping[str, int]) -> int:
    return min(free[name] // count for name, count in needed.items())


def _tightest(needed: Mapping[str, int], quotas: Iterable[Object]) -> tuple[int | None, str]:
    """Return how many more pods the quotas allow, and the words of the one that allows the fewest."""
    found: list[tuple[int, str]] = []
    for quota in quotas:
        status = quota.get("status") or {}
        hard, used = status.get("hard") or {}, status.get("used") or {}
        for name, count in needed.items():
            # Of extended resources only requests are limited, and equal to the limits.
            if (key := f"requests.{name}") in hard:
                left = max(0, whole(hard[key]) - whole(used.get(key, 0)))
                words = f"ResourceQuota {_name(quota)} leaves {left} of {hard[key]} {name}"
                found.append((left // count, words))
    return min(found, default=(None, ""))

"""One run of Kopf: list and watch, report every event. The only file that imports it.

Kopf handles `on.event` only: it decides nothing, writes nothing, keeps no state.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import kopf

# Kopf exports neither what it raises nor the class of its parameter `insights`.
from kopf._cogs.clients.errors import APIError
from kopf._cogs.clients.watching import WatchingError
from kopf._cogs.structs.references import Insights

from sluiceway.api import names
from sluiceway.ports import KindMissing, Unavailable

KindName = tuple[str, str, str]
"""Group, version and plural."""
Sink = Callable[[str, dict[str, Any]], None]
"""Takes the type of a watch event ("" for the first listing) and the object; called on Kopf's thread."""

RETRY_PAUSES = (0.5, 1.0, 2.0)
"""Seconds between the attempts at one request. Kopf's own grow to 21 s: it would sleep on after an outage."""
_CONNECT_SECONDS = 5.0
"""An address that says nothing must not hold up a watch for much longer than one that refuses."""
_LABELS = {names.LABEL_MANAGED_BY: names.MANAGED_BY}
_LABELLED: Sequence[KindName] = (
    ("apps", "v1", "controllerrevisions"),
    ("apps", "v1", "deployments"),
    ("", "v1", "services"),
    ("", "v1", "pods"),
    ("discovery.k8s.io", "v1", "endpointslices"),
    ("policy", "v1", "poddisruptionbudgets"),
    ("autoscaling", "v2", "horizontalpodautoscalers"),
)
SCALED_OBJECTS: KindName = ("keda.sh", "v1alpha1", "scaledobjects")
_REQUIRED = frozenset({(names.GROUP, names.VERSION, names.PLURAL), *_LABELLED})
ROUTES: KindName = ("gateway.networking.k8s.io", "v1", "httproutes")
_GATEWAY_API: Sequence[KindName] = (ROUTES, ("gateway.networking.k8s.io", "v1", "gateways"))


@dataclass(frozen=True)
class KopfWatch:
    """What to watch and whom to tell."""

    sink: Sink
    namespace: str | None
    in_cluster: bool
    watching: Callable[[frozenset[KindName]], None]
    """Told once in a run which kinds are watched; called on Kopf's thread."""

    async def run(self, stop_flag: threading.Event) -> None:
        """Watch until *stop_flag* is set, which it is at the end in any case.

        :raises KindMissing: when the API server does not serve a kind that always has to be there.
        :raises Unavailable: when Kopf ends: on any error in a watch but 410 (expired), and on an answer
            that stayed an error after its retries.
        """
        insights = Insights()
        # Made before Kopf starts: those that are made later are Kopf's, and end with it.
        found = asyncio.create_task(self._found(insights, stop_flag))
        try:
            await kopf.operator(
                registry=self._registry(stop_flag),
                settings=_settings(),
                insights=insights,
                standalone=True,
                clusterwide=self.namespace is None,
                namespaces=[] if self.namespace is None else [self.namespace],
                stop_flag=stop_flag,
                # Else Kopf asks for the name of the user, whose number has none in a container.
                identity=cast("Any", names.MANAGED_BY),
            )
        except APIError as error:
            # Only its cause names the request.
            raise Unavailable(f"{type(error).__name__}: {error.__cause__ or error}") from error
        except (WatchingError, aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        finally:
            found.cancel()
        if found.done():
            found.result()

    async def _found(self, insights: Insights, stop_flag: threading.Event) -> None:
        """Look at what Kopf found to watch: what it did not find it would never look for again.

        In its first moments an API server names almost nothing in `/apis` (measured: for 0.1 to 0.2 s).
        """
        await insights.ready_resources.wait()
        watched = frozenset((kind.group, kind.version, kind.plural) for kind in insights.watched_resources)
        if missing := _REQUIRED - watched:
            stop_flag.set()
            kinds = ", ".join(sorted(f"{plural}.{group}".strip(".") for group, _, plural in missing))
            raise KindMissing(f"the API server does not serve {kinds}")
        self.watching(watched)

    def _registry(self, stop_flag: threading.Event) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()

        async def changed(type: str | None, body: kopf.Body, **_: Any) -> None:  # noqa: A002 - Kopf's name
            self.sink(type or "", dict(body))

        async def login(settings: kopf.OperatorSettings, **_: Any) -> kopf.ConnectionInfo | None:
            credentials = kopf.login_with_service_account if self.in_cluster else kopf.login_with_kubeconfig
            return credentials(settings=settings)

        async def ended(**_: Any) -> None:
            await _end_what_kopf_waits_for(stop_flag)

        kopf.on.login(registry=registry)(login)
        kopf.on.cleanup(registry=registry, errors=kopf.ErrorsMode.PERMANENT)(ended)
        kopf.on.event(names.GROUP, names.VERSION, names.PLURAL, registry=registry)(changed)
        # A cluster without KEDA or the Gateway API: Kopf warns and serves the rest.
        for kind in (*_LABELLED, SCALED_OBJECTS):
            kopf.on.event(*kind, registry=registry, labels=_LABELS)(changed)
        for kind in _GATEWAY_API:
            kopf.on.event(*kind, registry=registry)(changed)
        return registry


async def _end_what_kopf_waits_for(stop_flag: threading.Event) -> None:
    """End what would hold up Kopf's own end.

    When the watch of one kind breaks, Kopf gives those of all others five seconds to end, but does not
    tell them to. And the thread on which it waits for the stop flag is joined by `asyncio.run`: for ever,
    on Python 3.11.
    """
    stop_flag.set()
    watchers = [task for task in asyncio.all_tasks() if task.get_name().startswith("watcher for ")]
    for task in watchers:
        task.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.scanning.disabled = True
    settings.posting.enabled = False
    settings.peering.standalone = True
    settings.watching.chunk_size = 500
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = _CONNECT_SECONDS
    settings.networking.error_backoffs = RETRY_PAUSES
    for kind in (*_LABELLED, SCALED_OBJECTS):
        settings.watching.label_selectors[kind] = ",".join(f"{key}={value}" for key, value in _LABELS.items())
    return settings

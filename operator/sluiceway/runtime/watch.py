"""Kopf as a watch shell: it lists, watches and reconnects. It decides nothing and writes nothing.

Kopf runs on an event loop and a thread of its own, since it takes every task of its loop for its
own and cancels them when it ends (Kopf, "Embedding"). And it ends: on any watch error but 410. It is
then started anew within a second, while the queue and the workers go on; a crash of the process
would cost kubelet's back-off instead.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

import kopf

from sluiceway.api import names

log = logging.getLogger(__name__)

RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 5.0
_SETTLED_SECONDS = 30.0
"""Watching that lasted so long is well; after less, the next start waits longer than the last."""
_TROUBLE_AFTER_FAILURES = 6
"""Half a minute of starts that failed, at the delays above: more than an API server's restart takes."""
_LABELS = {names.LABEL_MANAGED_BY: names.MANAGED_BY}
_LABELLED: Sequence[tuple[str, str, str]] = (
    ("apps", "v1", "controllerrevisions"),
    ("apps", "v1", "deployments"),
    ("", "v1", "services"),
    ("", "v1", "pods"),
    ("discovery.k8s.io", "v1", "endpointslices"),
    ("policy", "v1", "poddisruptionbudgets"),
)
_GATEWAY_API: Sequence[tuple[str, str, str]] = (
    ("gateway.networking.k8s.io", "v1", "httproutes"),
    ("gateway.networking.k8s.io", "v1", "gateways"),
)

Sink = Callable[[str, dict[str, Any]], None]
"""Takes the type of a watch event ("" for the first listing) and the object; called on Kopf's thread."""


class Watch:
    """Watches ModelDeployments and what concerns them, until it is stopped."""

    def __init__(self, sink: Sink, *, namespace: str | None, in_cluster: bool) -> None:
        self._sink = sink
        self._namespace = namespace
        self._in_cluster = in_cluster
        self.restarts = 0
        """How often Kopf ended and was started anew."""
        self._failures = 0
        self._error = ""
        self._stopping = threading.Event()
        self._interrupted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin watching in the background."""
        self._thread.start()

    def restart(self) -> None:
        """List and watch everything anew: a kind has appeared."""
        self._interrupted.set()

    def stop(self) -> None:
        """End watching and wait for it."""
        self._stopping.set()
        self._interrupted.set()
        self._thread.join(timeout=10)

    @property
    def trouble(self) -> str | None:
        """Why nothing is watched, None when all is well; a start or two that failed are no trouble yet."""
        if not self._thread.is_alive():
            return "the watch has ended"
        if self._failures >= _TROUBLE_AFTER_FAILURES:
            return f"watching failed {self._failures} times in a row: {self._error}"
        return None

    def _run(self) -> None:
        while True:
            self._interrupted.clear()
            # Asked only now: clearing forgets the interruption of a stop that came a moment before.
            if self._stopping.is_set():
                return
            began = time.monotonic()
            try:
                asyncio.run(self._operator())
            except Exception as error:
                # Whatever it was, the remedy is the same, and the next listing brings everything.
                self._error = f"{type(error).__name__}: {error}"
                log.exception("watching ended; it is started anew")
            settled = self._interrupted.is_set() or time.monotonic() - began > _SETTLED_SECONDS
            self._failures = 0 if settled else self._failures + 1
            if not self._stopping.wait(_delay(self._failures)):
                self.restarts += 1

    async def _operator(self) -> None:
        await kopf.operator(
            registry=self._registry(),
            settings=_settings(),
            standalone=True,
            clusterwide=self._namespace is None,
            namespaces=[] if self._namespace is None else [self._namespace],
            stop_flag=self._interrupted,
            # Else Kopf asks for the name of the user, whose number has none in a container.
            identity=cast("Any", names.MANAGED_BY),
        )

    def _registry(self) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()

        async def changed(type: str | None, body: kopf.Body, **_: Any) -> None:  # noqa: A002 - Kopf's name
            self._sink(type or "", dict(body))

        async def login(settings: kopf.OperatorSettings, **_: Any) -> kopf.ConnectionInfo | None:
            credentials = kopf.login_with_service_account if self._in_cluster else kopf.login_with_kubeconfig
            return credentials(settings=settings)

        kopf.on.login(registry=registry)(login)
        kopf.on.event(names.GROUP, names.VERSION, names.PLURAL, registry=registry)(changed)
        for kind in _LABELLED:
            kopf.on.event(*kind, registry=registry, labels=_LABELS)(changed)
        # A cluster without them: Kopf warns and serves the rest.
        for kind in _GATEWAY_API:
            kopf.on.event(*kind, registry=registry)(changed)
        return registry


def _delay(failures: int) -> float:
    """Return how long to wait before the next start: at once after the first, longer after each more."""
    return min(RESTART_SECONDS * 2.0 ** max(failures - 1, 0), LONGEST_RESTART_SECONDS)


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.scanning.disabled = True
    settings.posting.enabled = False
    settings.peering.standalone = True
    settings.watching.chunk_size = 500
    settings.networking.request_timeout = 30
    # Kopf's own pauses grow to 21 s: after an outage it would sleep on while the API server is back.
    settings.networking.error_backoffs = [0.5, 1.0, 2.0]
    for kind in _LABELLED:
        settings.watching.label_selectors[kind] = ",".join(f"{key}={value}" for key, value in _LABELS.items())
    return settings

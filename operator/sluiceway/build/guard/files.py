"""The guard's configuration as files of a ConfigMap, one per revision."""

from __future__ import annotations

import json
from functools import lru_cache

from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.bootstrap import BOOTSTRAP, bootstrap
from sluiceway.build.guard.routes import grpc_routes, http_routes, own_routes
from sluiceway.build.objects import Object, metadata

_ROUTES_TYPE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"


def guard_config(owner: ModelDeployment, revision: str, *, model: str, key: str) -> Object:
    """Return the ConfigMap that the guards of *revision* mount, which serve *model*; *key* opens the drain.

    Its bootstrap is read when a guard starts. Its tables of routes are taken up while it runs; a table
    that Envoy refuses changes nothing, and is counted in `…rds.<table>.update_rejected`.
    """
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(owner, revision, revision),
        "data": files(model, revision, key),
    }


def files(model: str, revision: str, key: str) -> dict[str, str]:
    """Return the files by name: for pods of *revision* that serve *model*; *key* opens the drain."""
    return dict(_files(model, revision, key))


@lru_cache(maxsize=256)
def _files(model: str, revision: str, key: str) -> dict[str, str]:
    # Wanted several times in every look at a resource, and dearer than all else that is decided.
    tables = (http_routes(revision), grpc_routes(revision), own_routes(model, key))
    routes = {f"{table['name']}.json": _discovered(table) for table in tables}
    return {name: _written(content) for name, content in ({BOOTSTRAP: bootstrap()} | routes).items()}


def _discovered(table: Object) -> Object:
    """Return a table as Envoy reads it from a file (a DiscoveryResponse)."""
    return {"resources": [{"@type": _ROUTES_TYPE} | table]}


def _written(content: Object) -> str:
    return json.dumps(content, indent=1) + "\n"

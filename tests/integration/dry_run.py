"""What the API server makes of an object, over one connection.

A kubectl for each of some hundred objects takes as long as all other tests of the API together.
"""

from __future__ import annotations

import json
from functools import cache

from kubernetes import config
from kubernetes.client import ApiClient

from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.progress import ClusterError
from tests.support.cluster_view import Object

_CREATED = 201


def applied(plane: ControlPlane, resource: Object) -> Object:
    """Return what the API server would store, asked as strictly as kubectl asks it.

    Raises:
        ClusterError: with the API server's words when it refuses.
    """
    client = _client(str(plane.kubeconfig))
    path = f"/apis/{resource['apiVersion']}/namespaces/default/{resource['kind'].lower()}s"
    asked = [("dryRun", "All"), ("fieldValidation", "Strict")]
    request = client.param_serialize(
        "POST", path, query_params=asked, body=resource, auth_settings=["BearerToken"]
    )
    answer = client.call_api(*request)
    told: Object = json.loads(answer.read())
    if answer.status != _CREATED:
        raise ClusterError(told["message"])
    return told


@cache
def _client(kubeconfig: str) -> ApiClient:
    return config.new_client_from_config(kubeconfig)

"""What a guarded pod does not let callers do, and that a model serves without a guard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import tritonclient.grpc as triton_grpc
from tritonclient.utils import InferenceServerException

from e2e import scenario
from e2e.client import Example
from e2e.served import Served
from e2e.stage import Stage
from sluiceway.build.guard import ports
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]


def test_tritons_control_is_closed_at_the_pod(stage: Stage, view: View, example: Example) -> None:
    served = Served(stage, view, example)
    for path in ("/v2/repository/index", f"/v2/repository/models/{served.name}/load"):
        assert served.ask(ports.HTTP_PORT, path, "{}")[0] == 403
    for port in (ports.TRITON_HTTP_PORT, ports.TRITON_GRPC_PORT, ports.ADMIN_PORT):
        status, said = served.ask(port, "/")
        assert (status, "refused" in said) == (0, True), said
    authority = [("grpc.default_authority", served.caller.hostname)]
    with triton_grpc.InferenceServerClient(served.caller.address, channel_args=authority) as client:
        calls: list[Callable[[], object]] = [
            client.get_model_repository_index,
            client.get_log_settings,
            client.get_trace_settings,
            client.get_system_shared_memory_status,
        ]
        for call in calls:
            with pytest.raises(InferenceServerException) as caught:
                call()
            assert caught.value.status() == "StatusCode.PERMISSION_DENIED"


def test_a_model_without_a_guard_serves(stage: Stage, view: View, example: Example) -> None:
    name = scenario.own_name(view)
    caller = stage.serve(view, scenario.fraud("fraud/1", name=name, guard="Disabled"), example)
    caller.http(example)
    caller.grpc(example)
    [pod] = view.list("pods", "app.kubernetes.io/managed-by=sluiceway")
    assert [each["name"] for each in pod["spec"]["containers"]] == ["triton"]
    assert "initContainers" not in pod["spec"]

"""Golden inputs on a real API server: kept as written, and refused where they can not be meant."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.progress import ClusterError
from sluiceway.api import ModelDeployment
from sluiceway.api.golden import MAX_BYTES
from sluiceway.core.revision import content
from tests.integration.samples import everything
from tests.support.cluster_view import Object, View, model_deployment

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.integration


def with_golden(golden: Any) -> Object:
    resource = model_deployment("fraud")
    resource["spec"]["model"]["golden"] = golden
    return resource


def golden_of(resource: Object | None) -> list[Any]:
    assert resource is not None
    found: list[Any] = resource["spec"]["model"]["golden"]
    return found


def sample() -> list[Any]:
    return copy.deepcopy(golden_of({"spec": everything()}))


@pytest.mark.parametrize("side", ["--server-side=false", "--server-side=true"])
def test_what_is_applied_is_kept_and_nothing_differs_afterwards(
    view: View, tmp_path: Path, side: str
) -> None:
    file = tmp_path / "fraud.json"
    file.write_text(json.dumps(with_golden(sample())))
    view.kubectl("apply", side, "-f", str(file))
    assert golden_of(view.get("mdep", "fraud")) == sample()
    assert view.kubectl("diff", side, "-f", str(file)) == ""


def test_a_change_of_one_value_reaches_the_server_and_is_another_revision(view: View) -> None:
    contents = []
    for value in (0.92, 0.93):
        golden = sample()
        golden[0]["outputs"][0]["data"] = [value]
        view.kubectl("apply", "-f", "-", stdin=json.dumps(with_golden(golden)))
        stored = view.get("mdep", "fraud")
        assert golden_of(stored)[0]["outputs"][0]["data"] == [value]
        contents.append(content(ModelDeployment.parse(stored or {})))
    assert contents[0] != contents[1]


def test_a_golden_input_is_found_by_its_name(view: View) -> None:
    first, second = sample()[0], {**sample()[0], "name": "known-good"}
    view.kubectl("apply", "-f", "-", stdin=json.dumps(with_golden([first, second])))
    view.kubectl("apply", "-f", "-", stdin=json.dumps(with_golden([second])))
    assert [one["name"] for one in golden_of(view.get("mdep", "fraud"))] == ["known-good"]


REFUSED: dict[str, tuple[list[Any] | None, str]] = {
    "a list in a list": ([[1, 2], [3, 4]], "data[0]: Too many: 2: must have at most 0 items"),
    "an empty list": ([[]], "data[0] in body should have at least 1 items"),
    "an object": ([{"a": 1}], "data[0]: Too many: 1: must have at most 0 items"),
    "an empty object": ([{}], "data[0] in body should have at least 1 properties"),
    "a long text": (["x" * 8193], "data[0]: Too long: may not be more than 8192 bytes"),
}


@pytest.mark.parametrize(("data", "answer"), REFUSED.values(), ids=REFUSED)
def test_elements_are_numbers_booleans_and_texts(view: View, data: list[Any], answer: str) -> None:
    golden = sample()
    golden[0]["inputs"][0]["data"] = data
    with pytest.raises(ClusterError) as refused:
        view.kubectl("apply", "-f", "-", stdin=json.dumps(with_golden(golden)))
    assert f"spec.model.golden[0].inputs[0].{answer}" in str(refused.value)


def test_no_golden_input_and_no_tensor_is_given_twice(control_plane: ControlPlane) -> None:
    twice = sample() * 2
    tensors = sample()
    tensors[0]["inputs"].append(tensors[0]["inputs"][0])
    for golden, place in ((twice, "golden[1]"), (tensors, "golden[0].inputs[3]")):
        with pytest.raises(ClusterError) as refused:
            control_plane.kubectl(
                "apply", "--dry-run=server", "-f", "-", stdin=json.dumps(with_golden(golden))
            )
        assert f"spec.model.{place}: Duplicate value" in str(refused.value)


def test_as_much_as_is_possible_can_be_applied_and_applied_again(view: View) -> None:
    tensor = {"name": "x", "datatype": "FP32", "shape": [16000], "data": [0.12345] * 16000}
    small = {"name": "y", "datatype": "FP32", "shape": [1], "data": [0.5]}
    golden = [{"name": "large", "inputs": [tensor], "outputs": [small]}]
    assert 0.85 * MAX_BYTES < len(json.dumps(golden, separators=(",", ":"))) < MAX_BYTES
    for value in (0.5, 0.25):
        small["data"] = [value]
        view.kubectl("apply", "-f", "-", stdin=json.dumps(with_golden(golden)))
        stored = view.get("mdep", "fraud")
        assert golden_of(stored)[0]["outputs"][0]["data"] == [value]
        assert ModelDeployment.parse(stored or {}).spec.model.golden[0].inputs[0].values[0] == 0.12345


def test_the_guides_example_is_one(view: View) -> None:
    page = (ROOT / "docs" / "how-to" / "golden-inputs.md").read_text()
    example = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    view.apply(example)
    stored = view.get("mdep", "fraud")
    assert [one["name"] for one in golden_of(stored)] == ["borderline", "known-good"]
    (tensor,) = ModelDeployment.parse(stored or {}).spec.model.golden[0].inputs
    assert tensor.shape == (2, 8)

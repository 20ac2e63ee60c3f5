"""Envoy takes every configuration that the operator can write, and says so when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from sluiceway.api import names
from sluiceway.api.model import ModelName
from sluiceway.build.guard.bootstrap import BOOTSTRAP
from sluiceway.build.guard.files import files
from tests.guard.counting import counters
from tests.guard.triton import playing
from tests.guard.validating import objections
from tests.guard.wire import ask, infer, request
from tests.support.guard import KEY, MODEL, REVISION, guarding

_HASH = "-0123456789"
NAMES = [
    (MODEL, REVISION),
    ("0", "a" + _HASH),
    ("a.b_c-D.", "a.b-c" + _HASH),
    ("_..-._", "0" + _HASH),
    ("M" * 63, "m" * names.MAX_NAME_LENGTH + _HASH),
]


@pytest.mark.parametrize(("model", "revision"), NAMES)
async def test_envoy_has_nothing_against_it(tmp_path: Path, model: str, revision: str) -> None:
    assert TypeAdapter(ModelName).validate_python(model) == model
    assert await objections(files(model, revision, KEY), tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "instead", "objection"),
    [
        ('"http_aside"', '"nowhere"', "nowhere"),
        ("/(infer|generate)", "/(infer|generate", "missing )"),
        ('"timeout"', '"time_out"', "time_out"),
    ],
)
async def test_envoy_tells_of_a_broken_table(tmp_path: Path, text: str, instead: str, objection: str) -> None:
    content = files(MODEL, REVISION, KEY)
    assert text in content["http.json"]
    broken = content | {"http.json": content["http.json"].replace(text, instead)}
    assert objection in await objections(broken, tmp_path)


@pytest.mark.parametrize(("model", "revision"), [NAMES[2], NAMES[-1]])
async def test_a_guard_that_runs_has_taken_up_all_its_tables(model: str, revision: str) -> None:
    async with playing() as triton, guarding(triton.http, triton.grpc, files(model, revision, KEY)) as guard:
        # A port whose table is refused answers 404; the guard's own answered already.
        assert (await ask(guard.at[8000], infer(path=f"/v2/models/{model}/infer"))).status == 200
        assert (await ask(guard.at[8001], request("/"))).status == 403
        assert (await ask(guard.at[8003], request(f"/v2/models/{model}/ready"))).status == 200
        assert not [name for name in await counters(guard) if name.endswith("update_rejected")]
        assert guard.log == []


def test_the_bootstrap_is_the_same_for_every_pod() -> None:
    written = {
        files(model, revision, key)[BOOTSTRAP] for model, revision in NAMES for key in (KEY, "another")
    }
    assert len(written) == 1

"""What a prober tells of a model, the same from the fake and from a server on a socket."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from sluiceway.adapters import triton
from sluiceway.adapters.triton import TritonProber
from sluiceway.adapters.triton_calls import MAX_MESSAGE_BYTES
from sluiceway.api.golden import Golden
from sluiceway.core.golden import Output, mismatch
from sluiceway.core.verification import Answers, Ask
from sluiceway.ports import Prober
from tests.fakes.goldens import SCORE, answer, make_golden
from tests.fakes.models import SIGNATURE, FakeModel, Inputs, Refuses, Silent
from tests.fakes.prober import FakeProber, as_expected
from tests.support.v2_server import serving

NAME = "fraud"
RIGHT = {"score": answer("FP32", 0.92, shape=(1, 1))}
FIRST, SECOND, THIRD = (make_golden(name=name, deadlineSeconds=60) for name in ("first", "second", "third"))

Playing = Callable[[FakeModel], AbstractAsyncContextManager[tuple[Prober, str]]]


@asynccontextmanager
async def _fake(model: FakeModel) -> AsyncIterator[tuple[Prober, str]]:
    yield FakeProber({"a": model}), "a"


@asynccontextmanager
async def _real(model: FakeModel) -> AsyncIterator[tuple[Prober, str]]:
    async with serving(model, NAME) as target:
        yield TritonProber(), target


@pytest.fixture(params=[_fake, _real], ids=["fake", "real"])
def playing(request: pytest.FixtureRequest) -> Playing:
    """Return what brings up a prober and a model that it can ask."""
    found: Playing = request.param
    return found


def question(target: str, *golden: Golden) -> Ask:
    return Ask(f"{NAME}-6f9c2", target, NAME, golden)


async def ask(playing: Playing, reply: Callable[[Inputs], Mapping[str, Output]], *golden: Golden) -> Answers:
    async with playing(FakeModel(reply)) as (prober, target):
        return await prober.ask(question(target, *golden))


class Replies:
    """One reply after the other; an exception is raised."""

    def __init__(self, *replies: Mapping[str, Output] | Exception) -> None:
        self._replies = list(replies)

    def __call__(self, _: Inputs) -> Mapping[str, Output]:
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


async def test_without_golden_inputs_the_signature_is_told_and_nothing_is_inferred(playing: Playing) -> None:
    assert await ask(playing, Replies()) == Answers(SIGNATURE)


async def test_every_golden_input_is_answered(playing: Playing) -> None:
    told = await ask(playing, Replies(RIGHT, RIGHT), FIRST, SECOND)
    assert told == Answers(SIGNATURE, {"first": RIGHT, "second": RIGHT}) == as_expected([FIRST, SECOND])


async def test_what_is_sent_arrives(playing: Playing) -> None:
    arrived: list[Inputs] = []

    def reply(inputs: Inputs) -> Mapping[str, Output]:
        arrived.append(inputs)
        return RIGHT

    await ask(playing, reply, FIRST)
    assert arrived == [{"features": (0.5, -1.0)}]


TENSORS: dict[str, list[Any]] = {
    "BOOL": [True, False],
    "INT8": [-128, 127],
    "INT16": [-32768, 7],
    "INT32": [-(2**31), 7],
    "INT64": ["-9223372036854775808", "9223372036854775807"],
    "UINT8": [0, 255],
    "UINT16": [0, 65535],
    "UINT32": [0, 2**32 - 1],
    "UINT64": ["18446744073709551615", 0],
    "FP16": [0.1, 65504],
    "BF16": [0.1, "-Infinity"],
    "FP32": [0.1, "NaN"],
    "FP64": [0.1, 1e300],
    "BYTES": ["", "é\n"],
}


@pytest.mark.parametrize("datatype", TENSORS)
async def test_every_type_goes_there_and_back(playing: Playing, datatype: str) -> None:
    tensor = {"name": "x", "datatype": datatype, "shape": [2, 1], "data": TENSORS[datatype]}
    exactly: dict[str, Any] = tensor | {"tolerance": {}}
    golden = Golden.model_validate({"name": "echo", "inputs": [tensor], "outputs": [exactly]})
    told = await ask(playing, lambda inputs: {"x": Output(datatype, (2, 1), tuple(inputs["x"]))}, golden)
    assert (told.error, dict(told.refusals)) == (None, {})
    assert told.outputs["echo"]["x"].shape == (2, 1)
    assert mismatch(golden, told.outputs["echo"]) is None
    assert {type(value) for value in told.outputs["echo"]["x"].values} <= {bool, int, float, bytes}


@pytest.mark.parametrize("datatype", ["FP32", "BF16", "BYTES"])
async def test_a_tensor_may_be_empty(playing: Playing, datatype: str) -> None:
    empty = {"name": "x", "datatype": datatype, "shape": [0, 3]}
    golden = Golden.model_validate({"name": "empty", "inputs": [empty], "outputs": [empty]})
    told = await ask(playing, Replies({"x": answer(datatype, shape=(0, 3))}), golden)
    assert told == Answers(SIGNATURE, {"empty": {"x": answer(datatype, shape=(0, 3))}})


async def test_only_the_outputs_that_are_expected_are_asked_for(playing: Playing) -> None:
    told = await ask(playing, Replies({**RIGHT, "explanation": answer("BYTES", b"x")}), FIRST)
    assert told.outputs == {"first": RIGHT}


async def test_an_output_that_does_not_come_is_not_there(playing: Playing) -> None:
    label = {"name": "label", "datatype": "INT8", "data": [1]}
    told = await ask(playing, Replies(RIGHT), make_golden(SCORE, label))
    assert told.outputs == {"known-fraud": RIGHT}


async def test_of_an_answer_that_is_too_long_the_shape_is_told(playing: Playing) -> None:
    told = await ask(playing, Replies({"score": answer("FP32", *range(50), shape=(1, 50))}), FIRST)
    said = mismatch(FIRST, told.outputs["first"])
    assert said == "golden input first: output score has shape [1, 50], expected [1, 1]"


@pytest.mark.parametrize("status", ["INVALID_ARGUMENT", "UNIMPLEMENTED"])
async def test_a_refusal_is_told_in_the_servers_words_and_the_others_are_asked(
    playing: Playing, status: str
) -> None:
    words = "unexpected shape for input 'features'"
    told = await ask(playing, Replies(RIGHT, Refuses(status, words), RIGHT), FIRST, SECOND, THIRD)
    assert told.error is None
    assert told.refusals == {"second": f"{words} ({status})"}
    assert set(told.outputs) == {"first", "third"}


@pytest.mark.parametrize("status", ["INTERNAL", "UNKNOWN"])
async def test_a_failure_counts_when_it_comes_twice(playing: Playing, status: str) -> None:
    failure = Refuses(status, "Failed to process the request: division by zero")
    told = await ask(playing, Replies(failure, failure, RIGHT), FIRST, SECOND)
    assert told.refusals == {"first": f"{failure.words} ({status})"}
    assert set(told.outputs) == {"second"}
    told = await ask(playing, Replies(failure, RIGHT), FIRST)
    assert told == Answers(SIGNATURE, {"first": RIGHT})


@pytest.mark.parametrize("status", ["UNAVAILABLE", "NOT_FOUND"])
async def test_a_busy_server_says_nothing_about_the_model(playing: Playing, status: str) -> None:
    told = await ask(
        playing, Replies(RIGHT, Refuses(status, "Exceeds maximum queue size")), FIRST, SECOND, THIRD
    )
    assert (told.signature, dict(told.outputs), dict(told.refusals)) == (SIGNATURE, {"first": RIGHT}, {})
    assert told.error is not None
    assert "Exceeds maximum queue size" in told.error


async def test_a_silent_server_says_nothing_about_the_model(playing: Playing) -> None:
    short = make_golden(name="second", deadlineSeconds=1)
    told = await ask(playing, Replies(RIGHT, Silent()), FIRST, short, THIRD)
    assert (told.signature, dict(told.outputs), dict(told.refusals)) == (SIGNATURE, {"first": RIGHT}, {})
    assert told.error is not None
    assert "no answer within 1 s" in told.error


@pytest.mark.parametrize("prober", [FakeProber(), TritonProber()], ids=["fake", "real"])
async def test_where_nobody_listens_nothing_is_known(prober: Prober) -> None:
    async with serving(FakeModel(Replies()), NAME) as target:
        pass
    told = await prober.ask(question(target, FIRST))
    assert told.error is not None
    assert "refused" in told.error
    assert told == Answers(error=told.error)


async def test_the_wrong_model_is_trouble() -> None:
    async with serving(FakeModel(Replies()), "other") as target:
        told = await TritonProber().ask(question(target, FIRST))
    assert told == Answers(
        error=f"{target}, asked for its inputs and outputs:"
        " Request for unknown model: 'fraud' is not found (NOT_FOUND)"
    )


async def test_a_server_that_never_speaks_is_left_alone_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(triton, "_SIGNATURE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = await TritonProber().ask(question(f"127.0.0.1:{server.getsockname()[1]}"))
    assert told.error is not None
    assert told == Answers(error=told.error)


async def test_an_answer_larger_than_can_be_read_is_refused() -> None:
    size = MAX_MESSAGE_BYTES // 4 + 1
    told = await ask(_real, lambda _: {"score": Output("FP32", (1, size), (0.0,) * size)}, FIRST)
    assert told.error is None
    assert "larger than max" in told.refusals["first"]


async def test_tritons_words_become_one_line_without_the_request_id() -> None:
    words = (
        "[request id: golden-first] Failed, message: ValueError: no\n\nAt:\n  /models/fraud/1/model.py(33)\n"
    )
    told = await ask(_real, Replies(Refuses("INVALID_ARGUMENT", words)), FIRST)
    assert told.refusals["first"] == (
        "Failed, message: ValueError: no At: /models/fraud/1/model.py(33) (INVALID_ARGUMENT)"
    )


async def test_of_an_answer_that_is_too_long_little_is_kept() -> None:
    told = await ask(_real, Replies({"score": answer("FP32", *range(50), shape=(1, 50))}), FIRST)
    assert told.outputs["first"]["score"] == Output("FP32", (1, 50), (0.0, 1.0))


async def test_an_answer_that_can_not_be_read_is_trouble() -> None:
    told = await ask(_real, Replies({"score": Output("FP32", (1, 2), (0.5,))}), FIRST)
    assert told.error is not None
    assert "golden input first: cannot reshape array of size 1 into shape (1,2)" in told.error


async def test_a_pod_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert await ask(_real, Replies(RIGHT), FIRST) == Answers(SIGNATURE, {"first": RIGHT})


async def test_whoever_stops_waiting_is_not_kept() -> None:
    reached = asyncio.Event()

    def reply(_: Inputs) -> Mapping[str, Output]:
        reached.set()
        raise Silent

    async with serving(FakeModel(reply), NAME) as target:
        asking = asyncio.create_task(TritonProber().ask(question(target, make_golden(deadlineSeconds=300))))
        await reached.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


def test_numpy_and_grpc_wait_for_the_first_question() -> None:
    script = "import sys, sluiceway.adapters.triton; print({'numpy', 'grpc'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

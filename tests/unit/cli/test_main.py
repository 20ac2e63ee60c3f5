"""The command line as people meet it: help that teaches, errors that say what to do, plans."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref
from sluiceway.cli.main import app
from sluiceway.ports import ClusterError, KindMissing, Refused, Unavailable
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import HOSTNAME, NAME, NAMESPACE, make_gateway, make_raw

COMMANDS = typer.main.get_group(app).commands
ROOT = Path(__file__).parents[3]
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
clusters: [{{name: test, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: test, user: {{token: none}}}}]
"""


class Api(FakeCluster):
    """The API server behind the command.

    With an `error` it answers nothing else; without `everywhere` it lists single namespaces only.
    """

    def __init__(self) -> None:
        super().__init__()
        self.error: ClusterError | None = None
        self.crd = True
        self.everywhere = True
        self.closed = False
        self.put(make_gateway())

    async def get(self, ref: Ref) -> Object | None:
        if self.error:
            raise self.error
        return await super().get(ref)

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        if self.error:
            raise self.error
        if kind == names.KIND and not self.crd:
            raise KindMissing("the server could not find the requested resource")
        if namespace is None and not self.everywhere:
            raise Refused("httproutes is forbidden: User alice can not list it at the cluster scope")
        return await super().list(api_version, kind, namespace, labels)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    found = Api()

    async def connect(kubeconfig: str | None) -> Api:
        return found

    monkeypatch.setattr("sluiceway.adapters.kube.connect", connect)
    yield found
    assert found.closed


def invoke(*args: str, **env: str) -> tuple[int, str, str]:
    """Run a command; return its exit code, what it says, and its errors."""
    clean = {"KUBECONFIG": None, "KUBERNETES_SERVICE_HOST": None, "COLUMNS": "200", "TERM": "dumb"}
    result = CliRunner().invoke(app, args, env=clean | env)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[str]:
    """A kubeconfig whose server answers nobody: its port is taken and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        path = tmp_path / "kubeconfig"
        path.write_text(KUBECONFIG.format(port=taken.getsockname()[1]))
        yield str(path)


def plan(kubeconfig: str, *args: str, name: str = NAME) -> tuple[int, str, str]:
    return invoke("plan", name, "-n", NAMESPACE, "--kubeconfig", kubeconfig, *args)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_teaches_by_an_example(command: str) -> None:
    code, said, _ = invoke(command, "--help")
    assert code == 0
    assert "Example" in said
    assert f"sluiceway {command}" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_explained(command: str) -> None:
    unexplained = [param.name for param in COMMANDS[command].params if not getattr(param, "help", "")]
    assert unexplained == []


def test_without_a_command_all_commands_are_listed() -> None:
    _, said, errors = invoke()
    assert all(f" {command} " in said + errors for command in COMMANDS)


def test_crds_prints_what_the_repository_holds() -> None:
    kept = (ROOT / "crds" / "sluiceway.dev_modeldeployments.yaml").read_text(encoding="utf-8")
    assert invoke("crds") == (0, kept, "")


def test_plan_says_what_would_be_written_and_writes_nothing(api: Api, kubeconfig: str) -> None:
    api.put(make_raw(traffic=HOSTNAME))
    code, said, errors = plan(kubeconfig)
    assert (code, errors) == (0, "")
    assert said.startswith("the spec asks for fraud-")
    assert "\ncreate Deployment models/fraud-" in said
    assert api.requests == []


def test_plan_says_why_a_spec_can_not_be_read(api: Api, kubeconfig: str) -> None:
    api.put(make_raw(runtime={"image": ["not", "text"]}))
    code, said, _ = plan(kubeconfig)
    assert code == 0
    assert "spec.runtime.image: Input should be a valid string" in said


def test_plan_works_with_rights_in_one_namespace(api: Api, kubeconfig: str) -> None:
    api.everywhere = False
    api.put(make_raw(traffic=HOSTNAME))
    code, _, errors = plan(kubeconfig)
    assert code == 1
    assert "with --namespace (run) or --namespaced (plan)" in errors
    code, said, _ = plan(kubeconfig, "--namespaced")
    assert code == 0
    assert "the spec asks for" in said


def test_a_resource_that_is_not_there_is_named(api: Api, kubeconfig: str) -> None:
    code, said, errors = plan(kubeconfig, name="frau")
    assert (code, said) == (1, "")
    assert errors.startswith("sluiceway: there is no ModelDeployment frau in namespace models: `kubectl get")


@pytest.mark.parametrize("command", [("run", "--verbose"), ("plan", NAME)], ids=["run", "plan"])
def test_a_missing_crd_is_told_with_the_command_that_installs_it(
    command: tuple[str, ...], api: Api, kubeconfig: str
) -> None:
    api.crd = False
    code, said, errors = invoke(*command, "--kubeconfig", kubeconfig)
    assert (code, said) == (1, "")
    assert "the ModelDeployment CRD is not installed" in errors
    assert "`sluiceway crds | kubectl apply --server-side -f -`" in errors


ERRORS = {
    "a server that is busy": (Unavailable("429: later"), "check that the cluster runs"),
    "credentials that are over": (Unavailable("401: Unauthorized"), "credentials in the kubeconfig"),
    "missing rights": (Refused("forbidden: alice can not get it"), "ask for the rights"),
    "anything else": (Refused("the request is wrong"), "sluiceway: the request is wrong\n"),
}


@pytest.mark.parametrize(("error", "words"), ERRORS.values(), ids=ERRORS)
def test_an_error_ends_the_command_with_one_line_about(
    error: ClusterError, words: str, api: Api, kubeconfig: str
) -> None:
    api.error = error
    code, said, errors = plan(kubeconfig)
    assert (code, said, errors.count("\n")) == (1, "", 1)
    assert words in errors


def test_a_server_that_can_not_be_reached_is_told(kubeconfig: str) -> None:
    code, _, errors = plan(kubeconfig)
    assert code == 1
    assert errors.startswith(
        "sluiceway: the API server does not answer as it should (GET /apis/sluiceway.dev"
    )
    assert "check that the cluster runs" in errors


NO_KUBECONFIG: dict[str, str | None] = {
    "is not there": None,
    "is not YAML": "{{{: no",
    "is something else": "- 1",
    "names no cluster": "apiVersion: v1\nkind: Config\n",
}


@pytest.mark.parametrize("text", NO_KUBECONFIG.values(), ids=NO_KUBECONFIG)
def test_the_file_is_named_when_the_kubeconfig(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "config"
    if text is not None:
        path.write_text(text)
    code, _, errors = invoke("plan", NAME, "--kubeconfig", str(path))
    assert (code, errors.count("\n")) == (1, 1)
    assert str(path) in errors
    assert "with --kubeconfig, or in KUBECONFIG" in errors


def test_without_any_kubeconfig_the_one_at_home_is_missed(tmp_path: Path) -> None:
    code, _, errors = invoke("plan", NAME, HOME=str(tmp_path))
    assert code == 1
    assert f"there is no kubeconfig {tmp_path}/.kube/config: name one with --kubeconfig" in errors


def test_of_several_kubeconfigs_one_suffices(api: Api, kubeconfig: str) -> None:
    code, _, errors = invoke("plan", NAME, KUBECONFIG=os.pathsep.join(("/nowhere", kubeconfig)))
    assert code == 1
    assert "there is no ModelDeployment" in errors

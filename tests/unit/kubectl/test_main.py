"""The plugin as people and scripts meet it: help, data, exit codes, errors that say what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from sluiceway.kubectl.completing import completions
from sluiceway.kubectl.main import app
from sluiceway.kubectl.problems import CODES
from sluiceway.ports import ClusterError, Conflict, KindMissing, Refused, Unavailable
from tests.fakes.objects import NAME, NAMESPACE
from tests.fakes.world import World
from tests.unit.kubectl.api import Api
from tests.unit.kubectl.stories import at_the_gate, served

COMMANDS = typer.main.get_group(app).commands
KUBECONFIG = f"""
apiVersion: v1
kind: Config
current-context: test
contexts:
- {{name: test, context: {{cluster: test, user: test, namespace: {NAMESPACE}}}}}
- {{name: other, context: {{cluster: test, user: test}}}}
clusters: [{{name: test, cluster: {{server: "http://127.0.0.1:1"}}}}]
users: [{{name: test, user: {{token: none}}}}]
"""


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    return str(path)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The API server; a test may put another cluster in it."""
    found = Api()

    async def connect(kubeconfig: str | None, context: str | None) -> Api:
        return found

    monkeypatch.setattr("sluiceway.adapters.console.connect", connect)
    yield found
    assert found.closed


def invoke(kubeconfig: str, *args: str, stdin: str | None = None) -> tuple[int, str, str]:
    """Run a command; return its exit code, what it says, and its errors."""
    env = {"KUBECONFIG": kubeconfig, "KUBERNETES_SERVICE_HOST": None, "COLUMNS": "200", "TERM": "dumb"}
    result = CliRunner().invoke(app, args, env=env, input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_teaches_by_an_example(command: str) -> None:
    code, said, _ = invoke("", command, "--help")
    assert code == 0
    assert f"Example: kubectl sluiceway {command} " in " ".join(said.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_explained(command: str) -> None:
    assert [param.name for param in COMMANDS[command].params if not getattr(param, "help", "")] == []


def test_help_lists_the_commands_whole_and_tells_the_exit_codes() -> None:
    _, said, _ = invoke("", "--help")
    assert all(f"  {command} " in said for command in COMMANDS)
    assert "..." not in said.partition("Commands:")[2]
    assert " ".join(CODES.split()) in " ".join(said.split())


def test_status_is_a_tree_for_people_and_data_for_programs(api: Api, kubeconfig: str) -> None:
    world = at_the_gate()
    api.cluster = world.cluster
    code, said, _ = invoke(kubeconfig, "status", NAME)
    assert code == 0
    assert f"{world.memory.candidate} #2  candidate  25 %  2 of 2 pods ready" in said
    assert "note: no live figures" in said
    _, text, _ = invoke(kubeconfig, "status", NAME, "-o", "json")
    view = json.loads(text)
    assert view["step"] == {
        "at": 1, "of": 2, "weights": [25, 75], "elapsed": view["step"]["elapsed"], "seconds": 60,
        "gate": True, "paused": False,
    }  # fmt: skip
    assert [(one["role"], one["weight"]) for one in view["revisions"]] == [("stable", 75), ("candidate", 25)]
    assert view["nextSteps"][0]["command"] == f"kubectl sluiceway promote {NAME} -n {NAMESPACE}"
    _, text, _ = invoke(kubeconfig, "status", NAME, "-o", "yaml")
    assert yaml.safe_load(text)["revisions"] == view["revisions"]


def test_status_without_a_name_lists_all(api: Api, kubeconfig: str) -> None:
    api.cluster = at_the_gate().cluster
    code, said, _ = invoke(kubeconfig, "status")
    assert code == 0
    head, row = said.splitlines()
    assert head.split() == ["NAME", "READY", "SERVING", "CANDIDATE", "WEIGHT", "STEP", "REASON", "AGE"]
    assert row.split()[:2] == [NAME, "False"]
    assert "25 %" in row
    head, row = invoke(kubeconfig, "status", "-A")[1].splitlines()
    assert (head.split()[0], row.split()[0]) == ("NAMESPACE", NAMESPACE)
    (told,) = json.loads(invoke(kubeconfig, "status", "-o", "json")[1])
    assert (told["name"], told["weight"], told["step"]) == (NAME, 25, "1/2")


def test_nothing_to_list_is_told_with_where_to_look(api: Api, kubeconfig: str) -> None:
    code, _, errors = invoke(kubeconfig, "status", "-n", "empty")
    assert (code, errors) == (
        1,
        "kubectl-sluiceway: there is no ModelDeployment in namespace empty; -A looks in all of them\n",
    )


def test_the_namespace_is_that_of_the_context_unless_it_is_named(api: Api, kubeconfig: str) -> None:
    api.cluster = served().cluster
    assert invoke(kubeconfig, "status", NAME)[0] == 0
    assert "in namespace default: `kubectl" in invoke(kubeconfig, "status", NAME, "--context", "other")[2]
    assert invoke(kubeconfig, "status", NAME, "--context", "other", "-n", NAMESPACE)[0] == 0


def test_a_command_is_written_and_told(api: Api, kubeconfig: str) -> None:
    world = at_the_gate()
    api.cluster = world.cluster
    named = f"{world.memory.candidate}/1/1"
    code, said, _ = invoke(kubeconfig, "promote", NAME, "--dry-run")
    assert code == 0
    assert said.startswith(f"would ask: sluiceway.dev/promote={named}\n")
    assert "annotations" not in world.cluster.objects[world.resource]["metadata"]
    code, said, _ = invoke(kubeconfig, "promote", NAME)
    assert code == 0
    assert said.startswith(f"asked: sluiceway.dev/promote={named}\n")
    assert world.cluster.objects[world.resource]["metadata"]["annotations"] == {
        "sluiceway.dev/promote": named
    }


@pytest.mark.parametrize("command", ["promote", "abort", "retry", "pause", "resume"])
def test_a_command_that_would_do_nothing_is_refused_with_the_reason(
    command: str, api: Api, kubeconfig: str
) -> None:
    api.cluster = served().cluster
    code, said, errors = invoke(kubeconfig, command, NAME)
    assert (code, said) == (1, "")
    assert "there is nothing to" in errors


def test_without_the_right_to_read_the_route_the_status_has_to_do(api: Api, kubeconfig: str) -> None:
    world = at_the_gate()
    api.cluster = world.cluster
    api.hidden = {"HTTPRoute"}
    code, said, _ = invoke(kubeconfig, "status", NAME)
    assert code == 0
    assert "candidate  25 %" in said
    assert "note: HTTPRoutes may not be read" in said
    code, said, _ = invoke(kubeconfig, "promote", NAME)
    assert code == 0
    assert said.startswith(f"asked: sluiceway.dev/promote={world.memory.candidate}/1/1\n")
    code, _, errors = invoke(kubeconfig, "retry", NAME)
    assert code == 1
    assert "the status does not offer to retry now; the status says: " in errors
    world.apply(replicas=7)
    assert "does not offer to abort now" in invoke(kubeconfig, "abort", NAME)[2]


def test_undo_shows_the_diff_warns_of_git_and_gives_what_to_commit(api: Api, kubeconfig: str) -> None:
    world = at_the_gate()
    world.cluster.edit(
        world.resource,
        lambda obj: obj["metadata"].update(annotations={"argocd.argoproj.io/tracking-id": "x"}),
    )
    api.cluster = world.cluster
    stable, candidate = world.memory.stable, world.memory.candidate
    code, said, errors = invoke(kubeconfig, "undo", NAME, "--dry-run")
    assert code == 0
    assert "-  image: triton:next" in said
    assert said.endswith(f"would ask for {stable} instead of {candidate}\n")
    assert errors.startswith("warning: Argo CD writes this resource")
    _, text, _ = invoke(kubeconfig, "undo", NAME, "--dry-run", "-o", "yaml")
    assert yaml.safe_load(text)["spec"]["runtime"]["image"] != "triton:next"
    assert world.cluster.objects[world.resource]["spec"]["runtime"]["image"] == "triton:next"
    assert invoke(kubeconfig, "undo", NAME)[1].endswith(f"asked for {stable} instead of {candidate}\n")
    assert world.cluster.objects[world.resource]["spec"]["runtime"]["image"] != "triton:next"


def test_diff_is_0_unless_it_is_asked_for_an_exit_code(api: Api, kubeconfig: str) -> None:
    api.cluster = at_the_gate().cluster
    code, said, _ = invoke(kubeconfig, "diff", NAME, "1", "2")
    assert code == 0
    assert "+  image: triton:next" in said
    assert invoke(kubeconfig, "diff", NAME, "1") == (code, said, "")
    assert invoke(kubeconfig, "diff", NAME, "1", "2", "--exit-code")[0] == 1
    assert invoke(kubeconfig, "diff", NAME, "2", "--exit-code") == (0, "", "")


def test_history_and_plan_are_data_for_programs(api: Api, kubeconfig: str) -> None:
    world = at_the_gate()
    api.cluster = world.cluster
    told = json.loads(invoke(kubeconfig, "history", NAME, "-o", "json")[1])
    assert [(each["number"], each["outcome"]) for each in told] == [(2, "Pending"), (1, "Serving")]
    assert invoke(kubeconfig, "history", NAME)[1].startswith("#  REVISION")
    notes = json.loads(invoke(kubeconfig, "plan", NAME, "-o", "json")[1])
    assert notes[0].startswith("the spec asks for fraud-")
    assert invoke(kubeconfig, "plan", NAME)[1] == "\n".join(notes) + "\n"


def test_plan_with_rights_in_one_namespace_is_told_the_option(api: Api, kubeconfig: str) -> None:
    world = World()
    world.apply()
    api.cluster, api.everywhere = world.cluster, False
    code, _, errors = invoke(kubeconfig, "plan", NAME)
    assert code == 1
    assert "say so with --namespaced" in errors
    assert invoke(kubeconfig, "plan", NAME, "--namespaced")[0] == 0


def test_the_version_is_told() -> None:
    assert invoke("", "--version") == (0, f"kubectl-sluiceway {version('sluiceway')}\n", "")


def test_watch_ends_by_what_it_was_to_wait_for(api: Api, kubeconfig: str) -> None:
    world = served()
    api.cluster = world.cluster
    code, said, _ = invoke(kubeconfig, "watch", NAME, "--until-settled")
    assert code == 0
    assert f"Serving [{world.memory.stable} 100 %]" in said
    api.cluster = at_the_gate().cluster
    code, said, errors = invoke(kubeconfig, "watch", NAME, "--until-settled", "--timeout", "0s")
    assert code == 3
    assert errors == f"kubectl-sluiceway: {NAME} has not settled within 0s\n"


def test_watch_says_when_a_person_is_needed(api: Api, kubeconfig: str) -> None:
    world = at_the_gate()
    world.command(abort=f"{world.memory.candidate}/1/1")
    world.settle()
    api.cluster = world.cluster
    code, said, errors = invoke(kubeconfig, "watch", NAME, "--until-settled")
    assert code == 1
    assert "RolledBack" in said
    assert "needs help: `kubectl sluiceway status fraud` says with what" in errors


@pytest.mark.parametrize(
    "args",
    [
        ("status", NAME, "-A"),
        ("watch", NAME, "--timeout", "5m"),
        ("watch", NAME, "--until-settled", "--timeout", "soon"),
        ("undo",),
        ("frobnicate",),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_ends_with_2(args: tuple[str, ...], kubeconfig: str) -> None:
    assert invoke(kubeconfig, *args)[0] == 2


def test_lint_needs_no_cluster(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    spec = {"model": {"source": {"persistentVolumeClaim": {"claimName": "m"}}}, "runtime": {"image": "t"}}
    resource: dict[str, Any] = {
        "apiVersion": "sluiceway.dev/v1alpha1", "kind": "ModelDeployment",
        "metadata": {"name": "fraud"}, "spec": spec,
    }  # fmt: skip
    good.write_text(json.dumps(resource))
    bad.write_text(yaml.safe_dump(resource | {"spec": spec | {"replicas": -1}}))
    code, said, _ = invoke("/nowhere", "lint", str(good))
    assert code == 0
    assert said.startswith(
        "1 ModelDeployment checked: nothing wrong.\nNot checked, since only a cluster knows"
    )
    code, said, _ = invoke("/nowhere", "lint", str(good), str(bad))
    assert code == 1
    assert said.startswith(f"{bad}:10: spec.replicas: ")
    assert "2 ModelDeployments checked: 1 wrong" in said
    code, said, _ = invoke("/nowhere", "lint", "-", "-o", "json", stdin=bad.read_text())
    assert [(each["file"], each["line"]) for each in json.loads(said)] == [("-", 10)]
    assert invoke("/nowhere", "lint", str(tmp_path / "none"))[2].endswith("none: No such file or directory\n")


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sluiceway.kubectl.linting", raising=False)
    monkeypatch.delitem(sys.modules, "sluiceway.kubectl.rules", raising=False)
    monkeypatch.setitem(sys.modules, "cel", None)
    code, _, errors = invoke("", "lint", "-", stdin="")
    assert code == 1
    assert "is not installed: pip install 'sluiceway[kubectl]' brings it" in errors


ERRORS: dict[str, tuple[ClusterError, str]] = {
    "a server that is away": (Unavailable("GET /x: refused"), "check that the cluster runs"),
    "missing rights": (Refused("pods is forbidden: alice can not"), "ask for the ClusterRole `view`"),
    "a change meanwhile": (Conflict("the object has been modified"), "look at it and try again"),
    "a missing kind": (KindMissing("no such thing"), "install it with `sluiceway crds | kubectl apply"),
    "anything else": (Refused("the request is wrong"), "kubectl-sluiceway: the request is wrong\n"),
}


@pytest.mark.parametrize(("error", "words"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_one_line_with_what_to_do(
    error: ClusterError, words: str, api: Api, kubeconfig: str
) -> None:
    api.error = error
    code, said, errors = invoke(kubeconfig, "status", NAME)
    assert (code, said, errors.count("\n")) == (1, "", 1)
    assert words in errors


def test_a_missing_crd_is_not_taken_for_a_missing_resource(api: Api, kubeconfig: str) -> None:
    api.crd = False
    assert "the ModelDeployment CRD is not installed" in invoke(kubeconfig, "status", NAME)[2]


def test_a_server_that_nobody_is_at_is_told(kubeconfig: str) -> None:
    code, _, errors = invoke(kubeconfig, "status")
    assert code == 1
    assert "check that the cluster runs" in errors


@pytest.mark.parametrize("args", [("--kubeconfig", "/nowhere"), ("--context", "nobody")], ids=" ".join)
def test_a_kubeconfig_or_context_that_is_not_there_is_told(args: tuple[str, ...], kubeconfig: str) -> None:
    code, _, errors = invoke(kubeconfig, "status", NAME, *args)
    assert (code, errors.count("\n")) == (1, 1)
    assert "name another kubeconfig with --kubeconfig, or another --context" in errors


def test_kubectl_is_told_what_may_come_next(
    api: Api, kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig)
    api.cluster = served().cluster
    assert completions(["promote"], "f") == [NAME, ":4"]
    assert completions(["promote"], "x") == [":4"]
    assert completions(["status", "-n", "empty"], "") == [":4"]
    assert completions([], "pau") == ["pause\tLet the rollout stand still.", ":4"]
    assert completions(["lint"], "") == [":0"]
    revisions = sorted(api.cluster.of_kind("ControllerRevision"))
    assert completions(["diff", NAME], "fraud-") == [*revisions, ":4"]
    assert completions(["undo", NAME, "--to"], "fraud-") == [*revisions, ":4"]
    assert completions(["diff", "nobody"], "") == [":4"]


def test_completion_waits_for_no_cluster(api: Api, kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig)
    api.error = Unavailable("nobody is there")
    assert completions(["promote"], "") == [":4"]


def test_what_the_operator_counts_is_asked_where_it_is(
    api: Api, kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = served()
    api.cluster, stable = world.cluster, world.memory.stable
    counted = {"revision": stable, "weight": 100, "pods": 2, "ready": 2, "requests": 12, "bad": 3}
    told = {"namespace": NAMESPACE, "name": NAME, "at": "now", "weights": {stable: 100}, "objectives": []}
    api.live = told | {"revisions": [counted]}
    assert "3 of 12 requests bad" in invoke(kubeconfig, "status", NAME)[1]
    assert api.asked[-1] == ("sluiceway-system", "sluiceway", f"live/{NAMESPACE}/{NAME}")
    world.cluster.put(
        {
            "apiVersion": "v1", "kind": "Service", "spec": {},
            "metadata": {
                "name": "mine", "namespace": "there",
                "labels": {"app.kubernetes.io/name": "sluiceway", "app.kubernetes.io/component": "operator"},
            },
        }
    )  # fmt: skip
    invoke(kubeconfig, "status", NAME)
    assert api.asked[-1][:2] == ("there", "mine")
    monkeypatch.setenv("SLUICEWAY_OPERATOR", "a/b")
    invoke(kubeconfig, "status", NAME)
    assert api.asked[-1][:2] == ("a", "b")
    api.live = {"revisions": "of another version"}
    assert "speaks another version of /live" in invoke(kubeconfig, "status", NAME)[1]
    api.live = Refused('services "b" is forbidden: alice')
    assert "you may not `get` services/proxy of a/b" in " ".join(
        invoke(kubeconfig, "status", NAME)[1].split()
    )

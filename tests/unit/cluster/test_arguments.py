from pathlib import Path

import pytest

from e2e.cluster import arguments
from e2e.cluster.arguments import Layout

PLAIN = Layout(Path("/x"), "127.0.0.1", 40000, "10.96.0.0/16")
NODE = Layout(Path("/x"), "10.213.0.2", 6443, "10.215.0.0/24", pod_cidr="10.214.0.0/24")


def test_flags_have_the_daemons_spelling() -> None:
    assert "--unsafe-no-fsync=true" in arguments.etcd(PLAIN)
    assert "--secure-port=40000" in arguments.apiserver(PLAIN, service_accounts=True)


def test_etcd_and_apiserver_agree_on_the_socket() -> None:
    assert "--listen-client-urls=unix:///x/etcd.sock" in arguments.etcd(PLAIN)
    assert "--etcd-servers=unix:///x/etcd.sock" in arguments.apiserver(PLAIN, service_accounts=True)


@pytest.mark.parametrize("service_accounts", [True, False])
def test_admission_waits_for_service_accounts_only_where_someone_makes_them(
    *, service_accounts: bool
) -> None:
    flags = arguments.apiserver(PLAIN, service_accounts=service_accounts)
    assert ("--disable-admission-plugins=ServiceAccount" in flags) is not service_accounts


def test_a_loopback_address_is_no_endpoint() -> None:
    off = "--endpoint-reconciler-type=none"
    assert off in arguments.apiserver(PLAIN, service_accounts=True)
    assert off not in arguments.apiserver(NODE, service_accounts=True)


def test_controllers_give_out_pod_addresses_only_where_there_is_a_node() -> None:
    assert "--cluster-cidr=10.214.0.0/24" in arguments.controller_manager(NODE)
    plain = arguments.controller_manager(PLAIN)
    assert not [flag for flag in plain if flag.startswith("--cluster-cidr")]
    assert "--secure-port=0" in plain


def test_no_flag_is_given_twice() -> None:
    for flags in (
        arguments.etcd(NODE),
        arguments.apiserver(NODE, service_accounts=False),
        arguments.controller_manager(NODE),
        arguments.scheduler(NODE),
    ):
        names = [flag.split("=")[0] for flag in flags]
        assert len(names) == len(set(names))

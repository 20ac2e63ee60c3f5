import tomllib
from ipaddress import IPv4Network
from pathlib import Path

from e2e.cluster import node as config
from e2e.cluster.addresses import Addresses
from e2e.cluster.node import Node

NODE = Node("demo", Path("/state/demo"), Addresses(4))


def test_containerd_configuration_is_toml_that_names_the_sandbox_image() -> None:
    parsed = tomllib.loads(config.containerd_config(NODE, sandbox_image="local/pause:1"))
    cri = parsed["plugins"]["io.containerd.grpc.v1.cri"]
    assert cri["sandbox_image"] == "local/pause:1"
    assert cri["restrict_oom_score_adj"] is True
    assert cri["containerd"]["runtimes"]["runc"]["options"] == {"SystemdCgroup": False}


def test_everything_that_is_written_lies_in_the_box_s_folder() -> None:
    flags = config.kubelet_arguments(NODE)
    assert "--root-dir=/state/demo/kubelet" in flags
    kubelet = config.kubelet_config(NODE)
    folders = (kubelet["podLogsDir"], kubelet["resolvConf"], kubelet["volumePluginDir"])
    assert all(Path(folder).is_relative_to(NODE.directory) for folder in folders)


def test_boxes_have_cgroups_of_their_own() -> None:
    other = Node("e2e", Path("/state/e2e"), Addresses(5))
    assert config.kubelet_config(NODE)["cgroupRoot"] != config.kubelet_config(other)["cgroupRoot"]


def test_pods_get_addresses_of_the_box() -> None:
    (plugin,) = config.cni_config(NODE)["plugins"]
    assert plugin["ipam"]["ranges"] == [[{"subnet": NODE.addresses.pods}]]
    assert config.proxy_config(NODE)["clusterCIDR"] == NODE.addresses.pods
    (dns,) = config.kubelet_config(NODE)["clusterDNS"]
    assert IPv4Network(f"{dns}/32").subnet_of(IPv4Network(NODE.layout.service_cidr))


def test_no_image_is_ever_collected() -> None:
    assert config.kubelet_config(NODE)["imageGCHighThresholdPercent"] == 100


def test_the_connection_tracking_of_the_machine_is_left_alone() -> None:
    conntrack = config.proxy_config(NODE)["conntrack"]
    assert set(conntrack.values()) == {0, "0s"}

from ipaddress import IPv4Network

import pytest

from e2e.cluster.addresses import SLOTS, Addresses, free_slot
from e2e.cluster.progress import ClusterError


def test_slots_share_no_network() -> None:
    slots = [Addresses(slot) for slot in range(SLOTS)]
    networks = [IPv4Network(cidr) for a in slots for cidr in (str(a.link), a.pods, a.services)]
    assert not any(
        one.overlaps(other) for index, one in enumerate(networks) for other in networks[index + 1 :]
    )
    assert len({a.device for a in slots}) == SLOTS


def test_device_names_fit_the_kernel() -> None:
    assert all(len(Addresses(slot).device) <= 15 for slot in range(SLOTS))


def test_both_ends_lie_in_the_link() -> None:
    addresses = Addresses(7)
    assert {addresses.host, addresses.node} == {str(host) for host in addresses.link.hosts()}


def test_the_dns_address_is_a_service_address() -> None:
    assert IPv4Network(f"{Addresses(3).dns}/32").subnet_of(IPv4Network(Addresses(3).services))


@pytest.mark.parametrize(
    ("taken", "slot"),
    [
        ([], 0),
        (["10.213.0.0/30"], 1),
        (["10.213.0.1/32", "10.213.1.0/24"], 2),
        (["10.213.0.0/28", "192.168.0.0/16"], 1),
    ],
)
def test_the_first_free_slot_is_taken(taken: list[str], slot: int) -> None:
    assert free_slot(IPv4Network(network) for network in taken).slot == slot


def test_a_machine_without_room_is_told_so() -> None:
    with pytest.raises(ClusterError, match=r"10\.213\.0\.0/16 is taken"):
        free_slot([IPv4Network("10.0.0.0/8")])

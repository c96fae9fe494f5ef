from ipaddress import ip_network

from luzeiro.places.flags import LISTED, SHARED_ADDRESS_SPACE, Flag


def test_what_a_list_can_be_of_is_a_flag_and_what_is_derived_is_not_listed() -> None:
    assert set(Flag) - set(LISTED) == {Flag.COUNTRY_DISPUTED, Flag.PLACED_LATER}


def test_the_shared_address_space_is_rfc_6598_s() -> None:
    assert ip_network(SHARED_ADDRESS_SPACE).num_addresses == 1 << 22

import pytest

from luzeiro.portal.region_names import region_name


def test_a_region_has_its_name() -> None:
    assert region_name("AR-X") == "Córdoba"
    assert region_name("BR-SP") == "São Paulo"


@pytest.mark.parametrize("code", ["", "AR", "AR-", "AR-?", "ZZ-1", "../AR", "..-X", "AR/X", "é€-1"])
def test_what_has_no_shape_has_no_name(code: str) -> None:
    assert region_name(code) == ""

from dataclasses import asdict

import pytest
import typer

from luzeiro.cli.collecting import COLLECTING, endpoint, vars_of
from luzeiro.observations.endpoint import Endpoint


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("192.0.2.1:4672", "192.0.2.1", 4672), ("[2001:db8::1]:6881", "2001:db8::1", 6881)],
)
def test_an_endpoint_is_read(text: str, host: str, port: int) -> None:
    assert endpoint(text) == Endpoint.parse(host, port)


def test_a_default_port_stands_in() -> None:
    assert endpoint("192.0.2.1", default_port=0) == Endpoint.parse("192.0.2.1", 0)


@pytest.mark.parametrize("text", ["192.0.2.1", "192.0.2.1:x", "192.0.2.1:99999"])
def test_what_is_no_endpoint_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not HOST:PORT"):
        endpoint(text)


def test_every_setting_goes_into_the_digest() -> None:
    assert vars_of(COLLECTING) == asdict(COLLECTING)

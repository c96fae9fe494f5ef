import subprocess
import sys

import pytest

from luzeiro.catalogue.database_url import URL_VARIABLE, settings_of
from luzeiro.catalogue.errors import CatalogueError


def test_a_url_names_user_password_host_port_database_and_options() -> None:
    read = settings_of("postgresql://ana:s%40fe@db.example:5433/cases?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"]) == (
        "ana", "s@fe", "db.example", "5433",
    )  # fmt: skip
    assert (read["NAME"], read["OPTIONS"]) == ("cases", {"sslmode": "require"})


def test_a_sockets_folder_and_a_port_may_stand_among_the_options() -> None:
    read = settings_of("postgresql:///cases?host=/run/here&port=5433")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/run/here", "5433", {})


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://app@db.example/x", "verify-full"),
        ("postgresql://app@192.0.2.5/x?sslrootcert=ca.pem", "verify-full"),
        ("postgresql://app@db.example/x?sslmode=require", "require"),
        ("postgresql://app@localhost/x", None),
        ("postgresql://app@127.0.0.1/x", None),
        ("postgresql://app@[::1]/x", None),
        ("postgresql:///x?host=/run/postgresql", None),
    ],
)
def test_over_a_network_a_server_shows_its_certificate_unless_told_otherwise(
    url: str, mode: str | None
) -> None:
    assert settings_of(url)["OPTIONS"].get("sslmode") == mode


@pytest.mark.parametrize(
    "url",
    ["mysql://x/y", "postgresql://x", "postgresql://x:many/y", "postgresql:///y?port=many",
     "postgresql://[x/y"],
)  # fmt: skip
def test_anything_else_is_refused_by_the_variables_name(url: str) -> None:
    with pytest.raises(CatalogueError, match=URL_VARIABLE):
        settings_of(url)
    with pytest.raises(CatalogueError, match="OTHER"):
        settings_of(url, variable="OTHER")


def test_settings_can_read_it_before_django_is_set_up() -> None:
    code = "import sys, luzeiro.catalogue.database_url; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

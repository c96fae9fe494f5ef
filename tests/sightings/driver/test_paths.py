import socket
from pathlib import Path

from luzeiro.sightings.driver.paths import short_name


def test_a_socket_in_a_folder_with_a_long_name_can_be_reached(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as server, short_name(folder / "s") as name:
        server.bind(name)
        server.listen()
        with socket.socket(socket.AF_UNIX) as client, short_name(folder / "s") as again:
            client.connect(again)
    assert (folder / "s").exists()

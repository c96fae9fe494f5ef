from collections.abc import Callable
from pathlib import Path

import pytest

from luzeiro.collector.state import CollectorState, StateError, collector_id
from luzeiro.collector.sweep import Cursor
from luzeiro.observations.endpoint import Endpoint

NODES = [Endpoint.parse("192.0.2.1", 6881), Endpoint.parse("2001:db8::1", 6881)]


def test_a_new_collector_begins_at_the_beginning_and_knows_no_nodes(tmp_path: Path) -> None:
    state = CollectorState(tmp_path / "collector", "bittorrent")
    assert (state.cursor(), state.nodes()) == (Cursor(), [])


def test_a_collector_keeps_its_id(tmp_path: Path) -> None:
    assert collector_id(tmp_path / "collector") == collector_id(tmp_path / "collector")


def test_each_network_goes_its_own_way(tmp_path: Path) -> None:
    CollectorState(tmp_path, "bittorrent").keep_cursor(Cursor(3, b"\x01" * 20, 17))
    assert CollectorState(tmp_path, "edonkey").cursor() == Cursor()


def test_cursor_and_nodes_outlive_a_restart(tmp_path: Path) -> None:
    cursor = Cursor(3, b"\x01" * 20, 17)
    before = CollectorState(tmp_path, "edonkey")
    before.keep_cursor(cursor)
    before.keep_nodes(NODES)
    after = CollectorState(tmp_path, "edonkey")
    assert (after.cursor(), after.nodes()) == (cursor, NODES)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"sweep": "x"}', '{"nodes": ["zz"]}', "null"])
@pytest.mark.parametrize("name", ["cursor-edonkey.json", "nodes-edonkey.json", "id.json"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    state = CollectorState(tmp_path, "edonkey")
    reads: dict[str, Callable[[], object]] = {
        "cursor-edonkey.json": state.cursor,
        "nodes-edonkey.json": state.nodes,
        "id.json": lambda: collector_id(tmp_path),
    }
    with pytest.raises(StateError, match=rf"{name} cannot be read .*Remove it"):
        reads[name]()

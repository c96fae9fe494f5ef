from pathlib import Path

from luzeiro.catalogue.store import Catalogue
from luzeiro.catalogue.watch_set import export_watch_set
from luzeiro.networks.bittorrent.watch import WatchSet
from tests.catalogue.imports import name, row, take


def test_the_watch_set_holds_what_is_in_force_and_its_revision_changes_with_it(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "watch" / "bittorrent.arrow"
    take(row(name("btih", 1)), authority=True)
    first = export_watch_set(catalogue, path)
    assert [WatchSet(path)[0].btih] == [b"\x01" * 20]
    assert export_watch_set(catalogue, path) == first
    take(row(name("btih", 2)), authority=True)
    assert export_watch_set(catalogue, path) != first

import pytest

from luzeiro.catalogue.models import Naming, Torrent, Vote
from luzeiro.catalogue.withdrawing import withdraw_revision
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")


def test_two_votes_of_one_list_on_one_file_are_both_kept_and_the_later_stands() -> None:
    rows = [row(name("md5", 1), scheme="vics-us", label=label) for label in ("1", "2")]
    assert take(*rows).counts == {"added": 1, "changed": 1}
    assert list(Vote.objects.order_by("pk").values_list("label", "withdrawn_by")) == [
        ("1", 1),
        ("2", None),
    ]


def test_a_name_that_comes_again_after_it_fell_away_keeps_its_history() -> None:
    take(row(name("md5", 1)))
    withdraw_revision(1, BY)
    take(row(name("md5", 1)), source="B")
    naming = Naming.objects.get()
    assert (naming.source.name, naming.revision_id, naming.withdrawn_by_id) == ("A", 1, 2)


def test_a_link_with_both_names_of_a_hybrid_makes_one_torrent_of_them() -> None:
    take(row(name("btih", 1), name("btmh", 2)))
    torrent = Torrent.objects.get()
    assert (bytes(torrent.btih or b""), bytes(torrent.btmh or b"")) == (b"\x01" * 20, b"\x02" * 32)

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from luzeiro.casework.leads.builder import follow
from luzeiro.casework.leads.material import Place
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.store_material import StoreMaterial, _appearance, _place
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.record import UserId
from luzeiro.places.flags import Flag
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Intake
from tests.observations.examples import AT, PEER, RAW, sighting
from tests.sightings.examples import knows_all, knows_nothing, put_segment

DAY = timedelta(days=1)
HEARD = {"grade": Grade.HEARD, "control": Control.NOT_ASKED}


def material(folder: Path, verdicts: object = knows_all) -> StoreMaterial:
    """A home with three segments taken in: a statement, another day's, and hearsay."""
    user = (UserId("user_hash", b"\xab" * 16, durable=True),)
    put_segment(folder / "spool", [sighting(1, user_ids=user)])
    put_segment(folder / "spool", [sighting(2, seen_at=AT + DAY, started_at=AT + DAY)])
    put_segment(folder / "spool", [sighting(3, seen_at=AT + 2 * DAY, **HEARD)])

    @contextmanager
    def opened() -> Iterator[EmbeddedStore]:
        with EmbeddedStore(folder / "store") as store:
            yield store

    with opened() as store:
        Intake(
            store, spool=folder / "spool", segments=folder / "segments",
            verdicts=verdicts,  # type: ignore[arg-type] # as each test wants
            now=lambda: datetime(2026, 3, 9, tzinfo=UTC),
        ).run()  # fmt: skip
    return StoreMaterial(folder / "segments", opened)


def test_segments_come_oldest_first_with_the_addresses_of_their_statements(tmp_path: Path) -> None:
    held = material(tmp_path)
    found = [held.addresses_in(segment) for segment in held.segments()]
    assert found == [{PEER.packed}, {PEER.packed}, set()]


def test_a_sighting_comes_with_all_that_a_lead_needs(tmp_path: Path) -> None:
    held = material(tmp_path)
    newer, older = held.sightings_of([PEER.packed])
    assert older.seen_at == AT
    assert older.grade is newer.grade is Grade.CORROBORATED  # stated on two UTC days
    assert (older.network, older.port, older.completeness) == ("bittorrent", 51413, 100.0)
    assert [one.durable for one in older.user_ids] == [True]
    assert held.exchange(older.segment, older.position) == RAW
    assert held.exchange(older.segment, 99) is None
    assert held.exchange(b"\x00" * 32, 0) is None
    assert held.holders_of([older.entry_id, 999]) == {older.entry_id: 1, 999: 0}


def test_an_installs_appearances_come_without_hearsay(tmp_path: Path) -> None:
    held = material(tmp_path)
    user = UserId("user_hash", b"\xab" * 16, durable=True)
    (one,) = held.appearances_of([user, UserId("user_hash", b"\xcd" * 16, durable=True)])
    assert (one.user_id, one.address, one.seen_at) == (user, PEER.packed, AT)
    assert (one.grade, one.place) == (Grade.STATED, None)
    row = {"country": "AR", "radius_km": None, "remote_address": PEER.packed, "remote_port": 1}
    placed = _appearance(user, {**row, "seen_at": 0, "grade": "reached"}).place
    assert placed is not None
    assert (placed.country, placed.radius_km, placed.latitude) == ("AR", 0.0, None)


def test_no_flag_that_places_give_is_lost_on_the_way_to_a_lead() -> None:
    row = {"country": "AR", "flags": [flag.value for flag in Flag]}
    assert _place(row) == Place(country="AR", flags=frozenset(Flag))
    with pytest.raises(ValueError, match="never heard of"):
        _place({"flags": ["never heard of"]})


def test_what_has_no_category_in_force_is_no_material(tmp_path: Path) -> None:
    assert list(material(tmp_path, knows_nothing).sightings_of([PEER.packed])) == []


@pytest.mark.django_db
def test_a_lead_comes_of_what_collectors_sealed(tmp_path: Path) -> None:
    held = material(tmp_path)
    done = follow(held, now=AT + 3 * DAY)
    assert (done.segments, done.addresses) == (3, 2)
    lead = Lead.objects.get()
    assert (lead.address, lead.sightings, lead.days) == (PEER.host, 2, 2)
    assert lead.doubts == ["no source port", "no place known"]

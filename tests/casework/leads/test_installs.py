from dataclasses import replace
from datetime import timedelta

import pytest

from luzeiro.casework.leads.builder import follow, rebuild
from luzeiro.casework.leads.installs import appearances_from, installs_in, named, without_clones
from luzeiro.casework.leads.material import NOWHERE, MaterialSighting
from luzeiro.casework.leads.models import Lead, LeadInstall
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import UserId
from tests.casework.world import ARGENTINA, BRAZIL, NOW, Heap, seen

INSTALL = UserId("user_hash", b"\xab" * 16, durable=True)
OTHER = UserId("secident_key", b"\xcd" * 75, durable=True)
SESSION = UserId("peer_id", b"\xef" * 20, durable=False)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def joined(host: str = "192.0.2.1", *more: UserId, **how: object) -> MaterialSighting:
    """A sighting that the store calls corroborated, under the install's id."""
    usual = {"grade": Grade.CORROBORATED, "user_ids": (INSTALL, *more)}
    return seen(host, **{**usual, **how})  # type: ignore[arg-type]  # by name


HERE, FAR = joined(), joined("192.0.2.2", place=BRAZIL)


def test_one_id_at_two_far_places_at_once_is_a_clone() -> None:
    installs = installs_in([HERE], Heap(HERE, FAR))
    assert installs[INSTALL].is_cloned
    assert [one.address for one in installs[INSTALL].stays] == [HERE.address, FAR.address]
    assert installs[INSTALL].apart_km is None  # two countries, without coordinates
    near = joined("192.0.2.2")
    assert not installs_in([HERE], Heap(HERE, near))[INSTALL].is_cloned


def test_how_far_apart_is_told_where_places_have_coordinates() -> None:
    north = replace(ARGENTINA, latitude=-24.8, longitude=-65.4)
    south = replace(ARGENTINA, latitude=-54.8, longitude=-68.3)
    heap = Heap(joined(place=north), joined("192.0.2.2", place=south))
    apart_km = installs_in([HERE], heap)[INSTALL].apart_km
    assert apart_km is not None
    assert 3_000 < apart_km < 3_400


def test_hearsay_and_ids_of_a_session_make_no_install() -> None:
    heard = joined("192.0.2.2", grade=Grade.HEARD, place=BRAZIL)
    assert not installs_in([HERE], Heap(HERE, heard))[INSTALL].is_cloned
    assert installs_in([seen(user_ids=(SESSION,))], Heap(seen(user_ids=(SESSION,)))) == {}


def test_what_a_clone_alone_corroborates_counts_as_stated() -> None:
    installs = installs_in([HERE], Heap(HERE, FAR))
    assert [one.grade for one in without_clones([HERE], installs)] == [Grade.STATED]
    honest = installs_in([HERE], Heap(HERE))
    assert without_clones([HERE], honest) == [HERE]


@pytest.mark.parametrize(
    "second",
    [joined(ago=DAY), joined("192.0.2.1", OTHER, ago=MINUTE)],
    ids=["two days at one address", "another id that is no clone"],
)
def test_what_something_else_corroborates_stays(second: MaterialSighting) -> None:
    first = joined("192.0.2.1", OTHER)
    installs = installs_in([first, second], Heap(first, second, FAR))
    assert installs[INSTALL].is_cloned
    kept = without_clones([first, second], installs)
    assert [one.grade for one in kept] == [Grade.CORROBORATED] * 2


def test_a_place_that_no_table_knows_is_none() -> None:
    (known,), (unknown,) = (
        list(appearances_from([seen(place=place, user_ids=(INSTALL,))], [INSTALL]))
        for place in (ARGENTINA, NOWHERE)
    )
    assert known.place is not None
    assert unknown.place is None


def test_a_long_id_is_named_by_its_digest() -> None:
    assert named(INSTALL.value) == "ab" * 16
    keys = {named(b"k" * 74 + bytes([last])) for last in (1, 2)}
    assert [len(one) for one in keys] == [64, 64]


@pytest.mark.django_db
def test_a_clone_never_strengthens_a_lead_whenever_it_turns_up() -> None:
    heap = Heap(HERE)
    follow(heap, now=NOW)
    assert Lead.objects.get().grade == "corroborated"
    before = Lead.objects.get().score
    heap.seal(FAR)
    follow(heap, now=NOW)
    leads = list(Lead.objects.order_by("address"))
    assert [lead.grade for lead in leads] == ["stated", "stated"]
    assert leads[0].score < before
    assert [one.cloned for one in LeadInstall.objects.all()] == [True, True]
    assert {one[0] for one in leads[0].installs.get().stays} == {"192.0.2.1", "192.0.2.2"}
    built = list(Lead.objects.values("address", "grade", "material_sha256"))
    rebuild(heap, now=NOW)
    assert list(Lead.objects.values("address", "grade", "material_sha256")) == built


@pytest.mark.django_db
def test_an_install_that_moves_on_is_told_to_the_leads_it_left() -> None:
    heap = Heap(joined(ago=2 * DAY))
    follow(heap, now=NOW)
    heap.seal(joined("192.0.2.2"))
    follow(heap, now=NOW)
    left = Lead.objects.get(address="192.0.2.1").installs.get()
    assert [one[0] for one in left.stays] == ["192.0.2.1", "192.0.2.2"]
    assert not left.cloned


@pytest.mark.django_db
def test_two_long_ids_that_begin_alike_are_two_installs() -> None:
    keys = tuple(UserId("secident_key", b"k" * 74 + bytes([last]), durable=True) for last in (1, 2))
    follow(Heap(seen(user_ids=keys[:1]), seen(user_ids=keys[1:])), now=NOW)
    assert LeadInstall.objects.count() == 2

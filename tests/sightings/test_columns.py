from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.observations.batch import to_table
from luzeiro.observations.record import Sighting
from luzeiro.sightings.columns import RESULT, for_store, from_store, packed_addresses
from luzeiro.sightings.schema import COLUMNS
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import sighting
from tests.observations.test_batch import SIGHTINGS
from tests.sightings.examples import knows_all, knows_nothing


@given(st.lists(SIGHTINGS, min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_the_store_s_columns_lead_back_to_the_record(sightings: list[Sighting]) -> None:
    sealed = to_table(sightings)
    stored = for_store(sealed, verdict_columns(sealed, knows_nothing), b"s" * 32)
    stored.validate(full=True)
    (batch,) = stored.to_batches()
    back = from_store(batch)
    back.validate(full=True)
    assert back.schema.equals(RESULT)
    for name in sealed.column_names:
        if name != "exchange":
            assert back[name].to_pylist() == sealed[name].to_pylist(), name


def test_a_slice_of_the_store_s_columns_leads_back_too() -> None:
    sightings = [
        sighting(number, told_by=sighting().observation.told_by * number) for number in range(4)
    ]
    sealed = to_table(sightings)
    stored = for_store(sealed, verdict_columns(sealed, knows_nothing), b"s" * 32)
    back = from_store(stored.slice(2, 2).combine_chunks().to_batches()[0])
    assert [len(witnesses) for witnesses in back["told_by"].to_pylist()] == [2, 3]
    assert from_store(stored.slice(2).to_batches()[0]).to_pylist() == back.to_pylist()


def test_the_hub_adds_what_the_catalogue_says_and_where_the_sighting_lies() -> None:
    sealed = to_table([sighting(1), sighting(2)])
    stored = for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32)
    assert stored.column_names == [column.name for column in COLUMNS]
    second = stored.to_pylist()[1]
    assert (second["segment"], second["position"]) == (b"s" * 32, 1)
    assert (second["entry_id"], second["category"]) == (1, "example:A")


def test_the_raw_exchange_stays_in_the_segment() -> None:
    assert "exchange" not in {column.name for column in COLUMNS}


def test_addresses_are_an_array_also_of_a_slice() -> None:
    sealed = to_table([sighting(number) for number in range(3)]).slice(1)
    found = packed_addresses(sealed["remote_address"])
    assert [bytes(row) for row in found] == sealed["remote_address"].to_pylist()

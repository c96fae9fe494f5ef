from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations.batch import to_table
from luzeiro.observations.endpoint import Endpoint
from luzeiro.places.place import unplaced
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.ordering import in_order
from luzeiro.sightings.schema import ORDER
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import sighting
from tests.sightings.examples import knows_all

KEY = ORDER.strip("()").split(", ")
WORDS = st.sampled_from(["", "AR", "AR-B", "ar", "é", "\U0001f30d", "￿"])
PEERS = st.sampled_from(["192.0.2.7", "192.0.2.255", "198.51.100.1", "2001:db8::7", "ff00::"])


@given(st.lists(st.tuples(PEERS, WORDS, WORDS), min_size=1, max_size=20), st.integers(1, 3))
def test_rows_come_as_their_bytes_sort_and_none_is_changed(
    drawn: list[tuple[str, str, str]], parts: int
) -> None:
    sealed = to_table(
        [
            sighting(number, remote=Endpoint.parse(peer, 6881))
            for number, (peer, _, _) in enumerate(drawn)
        ]
    )
    placed = unplaced(len(sealed))
    for name, place in (("country", 1), ("region", 2)):
        words = [one[place] for one in drawn]
        kind = placed.schema.field(name)
        placed = placed.set_column(placed.schema.get_field_index(name), kind, [words])
    rows = for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32, placed)
    cut = max(1, len(rows) // parts)
    tables = [rows.slice(begin, cut) for begin in range(0, len(rows), cut)]

    ordered = in_order(tables).to_pylist()

    keys = [
        tuple(row[name].encode() if isinstance(row[name], str) else row[name] for name in KEY)
        for row in ordered
    ]
    assert keys == sorted(keys)
    by_id = {row["sighting_id"]: row for row in rows.to_pylist()}
    assert {row["sighting_id"]: row for row in ordered} == by_id
    assert len(ordered) == len(rows)

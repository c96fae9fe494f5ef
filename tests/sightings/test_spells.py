from datetime import timedelta
from itertools import groupby

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.sightings.questions import HOUR_US, SpellsOfActivity
from luzeiro.sightings.spells import join_spells

ADDRESSES = st.sampled_from([bytes(15) + bytes([number]) for number in range(3)])
SEEN = st.lists(st.tuples(ADDRESSES, st.integers(0, 40 * HOUR_US)), max_size=60)


def hours(seen: list[tuple[bytes, int]]) -> pa.Table:
    """What the SQL gives: one row for each address and hour."""
    table = []
    for (address, _), group in groupby(sorted(seen), lambda one: (one[0], one[1] // HOUR_US)):
        instants = [at for _, at in group]
        table.append((address, len(instants), 0, instants[0], instants[-1]))
    columns = zip(*table, strict=True) if table else [[], [], [], [], []]
    return pa.table([list(column) for column in columns], schema=SpellsOfActivity.answer)


def spells(seen: list[tuple[bytes, int]], silence_us: int) -> list[tuple[bytes, int, int, int]]:
    """The same, one sighting after the other."""
    found: list[tuple[bytes, int, int, int]] = []
    for address, at in sorted(seen):
        if found and found[-1][0] == address and at - found[-1][3] < silence_us:
            same, count, first, _ = found[-1]
            found[-1] = (same, count + 1, first, at)
        else:
            found.append((address, 1, at, at))
    return found


@given(SEEN, st.integers(HOUR_US, 6 * HOUR_US))
def test_joined_hours_are_the_spells_of_the_sightings_themselves(
    seen: list[tuple[bytes, int]], silence_us: int
) -> None:
    joined = join_spells(hours(seen), timedelta(microseconds=silence_us)).to_pylist()
    assert [
        (row["remote_address"], row["sightings"], row["first_seen_at"], row["last_seen_at"])
        for row in joined
    ] == spells(seen, silence_us)

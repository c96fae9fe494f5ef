from datetime import timedelta

import pytest

from luzeiro.observations.batch import to_table
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.questions import Question
from luzeiro.sightings.store import StoreError, Taken
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import AT, sighting
from tests.sightings.examples import knows_all
from tests.sightings.test_questions import ONE_OF_EACH

LATER = AT + timedelta(seconds=1)


def line(letter: bytes, at: object = AT) -> Taken:
    return Taken(letter * 32, f"{letter.decode()}.parquet", 7, at)  # type: ignore[arg-type]


@pytest.mark.parametrize("question", ONE_OF_EACH, ids=lambda one: type(one).__name__)
def test_an_empty_store_answers_with_no_rows(question: Question, store: EmbeddedStore) -> None:
    answer = store.ask(question)
    assert answer.schema.equals(question.answer)
    assert not len(answer)


def test_the_ledger_is_read_on_from_any_segment(store: EmbeddedStore) -> None:
    assert store.latest_taken() is None
    store.enter(line(b"c"), line(b"a", LATER))
    store.enter(line(b"b", LATER))
    assert store.taken_after(None) == [line(b"c"), line(b"a", LATER), line(b"b", LATER)]
    assert store.taken_after(b"a" * 32) == [line(b"b", LATER)]
    assert store.taken_after(None, limit=1) == [line(b"c")]
    assert store.taken_after(b"b" * 32) == []
    assert store.latest_taken() == line(b"b", LATER)


def test_reading_on_from_a_segment_that_was_not_taken_in_is_refused(store: EmbeddedStore) -> None:
    with pytest.raises(StoreError, match="has not taken in the segment 7878"):
        store.taken_after(b"x" * 32)


def test_an_insert_is_cut_at_the_borders_of_partitions(store: EmbeddedStore) -> None:
    sealed = to_table([sighting(n, seen_at=AT + timedelta(days=20 * n)) for n in range(4)])
    store.insert(for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32))
    parts = store.engine.ask(
        "SELECT partition, rows FROM system.parts WHERE active AND table = 'sightings'"
        " ORDER BY partition"
    )
    assert sum(parts["rows"].to_pylist()) == 4
    seen_at = (AT + timedelta(days=20 * n) for n in range(4))
    assert len(parts) == len({at.timestamp() // (30 * 86_400) for at in seen_at})
    assert store.sightings_of([b"s" * 32, b"t" * 32]) == {b"s" * 32: 4}

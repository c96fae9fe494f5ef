from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pytest

from luzeiro.collector.chain import Chain
from luzeiro.evidence.signer import Signer
from luzeiro.hub.examine import examine, open_seal
from luzeiro.hub.refusals import RefusedError, Why
from luzeiro.observations import segment
from luzeiro.observations.batch import SCHEMA, to_table
from luzeiro.observations.segment import SegmentContent, SegmentName
from tests.evidence import hubs
from tests.observations.examples import sighting

NAME = str(UUID(int=1))


@pytest.fixture
def collecting(tmp_path: Path) -> hubs.Collecting:
    return hubs.collector(tmp_path / "spool")


def refusal(path: Path, collecting: hubs.Collecting) -> Why:
    with pytest.raises(RefusedError) as refused:
        examine(
            SegmentName.parse(path.name),
            path.read_bytes(),
            {NAME: collecting.signer.key}.get,
        )
    return refused.value.why


def test_what_a_collector_sealed_is_admitted(collecting: hubs.Collecting) -> None:
    path = collecting.seal(sighting(1), sighting(2))
    found = examine(
        SegmentName.parse(path.name), path.read_bytes(), {NAME: collecting.signer.key}.get
    )
    assert (found.seal.sightings, found.seal.sequence) == (2, 1)


def test_every_changed_byte_is_noticed(collecting: hubs.Collecting) -> None:
    path = collecting.seal(sighting(1))
    held = path.read_bytes()
    for at in range(0, len(held), 211):
        path.write_bytes(held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :])
        assert refusal(path, collecting) in (Why.DAMAGED, Why.FORGED, Why.UNSIGNED)


def test_an_unsigned_segment_and_a_strangers_are_refused(
    tmp_path: Path, collecting: hubs.Collecting
) -> None:
    name, sealed = segment.seal([sighting(1)])
    (tmp_path / str(name)).write_bytes(sealed)
    assert refusal(tmp_path / str(name), collecting) is Why.UNSIGNED
    forger = hubs.collector(tmp_path / "forger", seed=b"f" * 32)
    assert refusal(forger.seal(sighting(1)), collecting) is Why.FORGED
    other = hubs.collector(tmp_path / "other", number=2)
    assert refusal(other.seal(sighting(1)), collecting) is Why.UNKNOWN_COLLECTOR


def sealed_wrongly(
    tmp_path: Path,
    collecting: hubs.Collecting,
    table: pa.Table,
    say: Callable[[SegmentContent], SegmentContent] = lambda content: content,
) -> Path:
    """What a collector whose code was changed might sign."""
    chain = Chain(tmp_path / "nowhere", collecting.signer, NAME)
    name, sealed = segment.seal_table(table, lambda content: chain.attest(say(content)))
    path = tmp_path / str(name)
    path.write_bytes(sealed)
    return path


def column(name: str, values: list[object], rows: pa.Table) -> pa.Table:
    place = SCHEMA.get_field_index(name)
    return rows.set_column(place, SCHEMA.field(place), pa.array(values, SCHEMA.field(place).type))


ROWS = to_table([sighting(1), sighting(2)])
WRONG: dict[str, pa.Table] = {
    "a sighting twice": to_table([sighting(1), sighting(1)]),
    "a grade that no collector can know": column("grade", ["stated", "corroborated"], ROWS),
    "another collector's sighting": column("collector", [bytes(16), bytes(16)], ROWS),
    "an exchange under another's name": column("raw_sha256", [bytes(32), bytes(32)], ROWS),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_what_no_honest_collector_seals_is_refused(
    tmp_path: Path, collecting: hubs.Collecting, wrong: str
) -> None:
    path = sealed_wrongly(tmp_path, collecting, WRONG[wrong])
    assert refusal(path, collecting) is Why.MISSTATED


@pytest.mark.parametrize(
    "say",
    [
        lambda content: SegmentContent(bytes(32), 2, content.first_seen_at, content.last_seen_at),
        lambda content: SegmentContent(
            content.root, 3, content.first_seen_at, content.last_seen_at
        ),
        lambda content: SegmentContent(
            content.root, 2, content.first_seen_at.replace(year=2020), content.last_seen_at
        ),
    ],
)
def test_a_note_that_says_something_else_is_refused(
    tmp_path: Path,
    collecting: hubs.Collecting,
    say: Callable[[SegmentContent], SegmentContent],
) -> None:
    assert refusal(sealed_wrongly(tmp_path, collecting, ROWS, say), collecting) is Why.MISSTATED


def test_a_note_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RefusedError, match="cannot be read"):
        open_seal(b"nothing", lambda _: None)
    with pytest.raises(RefusedError, match="cannot be read"):
        open_seal(Signer("a", b"a" * 32).sign("some text\n"), lambda _: None)

import numpy as np
import pyarrow as pa

from luzeiro.catalogue.judged import UNKNOWN, Judged, Said
from luzeiro.observations.batch import to_table
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.segment import decode, seal
from luzeiro.sightings.verdicts import SCHEMA, KnownVerdicts, verdict_columns
from tests.observations.examples import BTIH, sighting
from tests.sightings.examples import SAID, judged, knows_all

OTHER = Identifier(IdentifierKind.BTIH, b"o" * 20)
NOTHING = Said(None, "one designated authority", 3)


def test_a_catalogue_is_asked_once_for_each_file_and_answers_for_every_row() -> None:
    asked: list[tuple[str, bytes, int | None]] = []

    def verdicts(wanted: pa.Table) -> Judged:
        files = [(one["identifier_kind"], one["identifier"], one["file_index"])
                 for one in wanted.to_pylist()]  # fmt: skip
        asked.extend(files)
        said = {("btih", BTIH.digest, 0): (7, SAID), ("btih", BTIH.digest, None): (8, NOTHING)}
        found = [said.get(file, (UNKNOWN, None)) for file in files]
        return judged([entry for entry, _ in found], [one for _, one in found])

    batch = to_table(
        [
            sighting(1),
            sighting(2, file_index=None),
            sighting(3, identifier=OTHER),
            sighting(4),
            sighting(5, file_index=1),
        ]
    )
    columns = verdict_columns(batch, verdicts)
    assert columns["entry_id"].to_pylist() == [7, 8, None, 7, None]
    assert columns["category"].to_pylist() == ["example:A", None, None, "example:A", None]
    assert columns["list_revision"].to_pylist() == [3, 3, None, 3, None]
    votes = ["A says example:A since revision 3"]
    assert columns["votes"].to_pylist() == [votes, [], None, votes, None]
    assert sorted(asked, key=str) == sorted(
        [
            ("btih", BTIH.digest, 0),
            ("btih", BTIH.digest, 1),
            ("btih", BTIH.digest, None),
            ("btih", OTHER.digest, 0),
        ],
        key=str,
    )


def test_the_same_digest_of_another_kind_is_another_file() -> None:
    digest = b"d" * 20
    batch = to_table(
        [
            sighting(1, identifier=Identifier(IdentifierKind.BTIH, digest)),
            sighting(2, identifier=Identifier(IdentifierKind.SHA1, digest)),
        ]
    )

    def verdicts(wanted: pa.Table) -> Judged:
        kinds = wanted["identifier_kind"].to_pylist()
        return judged([1 if kind == "sha1" else UNKNOWN for kind in kinds])

    assert verdict_columns(batch, verdicts)["entry_id"].to_pylist() == [None, 1]


def test_what_was_said_of_a_file_is_remembered_and_told_again_beside_what_is_new() -> None:
    asked: list[bytes] = []

    def verdicts(wanted: pa.Table) -> Judged:
        digests = wanted["identifier"].to_pylist()
        asked.extend(digests)
        which = [0 if digest == BTIH.digest else 1 for digest in digests]
        said = (SAID, Said("example:B", "two sources agree", 4))
        return Judged(np.array([len(asked)] * len(digests)), np.array(which, np.int32), said)

    known = KnownVerdicts(verdicts)
    first = known.columns(to_table([sighting(1)]))
    both = known.columns(to_table([sighting(2, identifier=OTHER), sighting(3)]))
    assert first["category"].to_pylist() == ["example:A"]
    assert both["category"].to_pylist() == ["example:B", "example:A"]
    assert both["entry_id"].to_pylist() == [2, 1]
    assert asked == [BTIH.digest, OTHER.digest]


def test_words_as_numbers_are_judged_as_words_are() -> None:
    name, sealed = seal([sighting(1), sighting(2, identifier=OTHER), sighting(3)])
    plainly = verdict_columns(decode(name, sealed), knows_all)
    numbered = verdict_columns(decode(name, sealed, words_as_numbers=True), knows_all)
    assert numbered.to_pylist() == plainly.to_pylist()


def test_of_no_sightings_nothing_is_asked_and_the_columns_are_there() -> None:
    def verdicts(_wanted: pa.Table) -> Judged:
        raise AssertionError("asked")

    columns = verdict_columns(to_table([sighting(1)]).slice(0, 0), verdicts)
    assert columns.column_names == SCHEMA.names
    assert len(columns) == 0

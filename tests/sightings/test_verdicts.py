from collections.abc import Iterable, Mapping

from luzeiro.observations.batch import to_table
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.sightings.verdicts import File, Verdict, verdict_columns
from tests.observations.examples import BTIH, sighting
from tests.sightings.examples import Says

OTHER = Identifier(IdentifierKind.BTIH, b"o" * 20)


def test_a_catalogue_is_asked_once_for_each_file_and_answers_for_every_row() -> None:
    asked: list[File] = []

    def verdicts(wanted: Iterable[File]) -> Mapping[File, Verdict]:
        asked.extend(wanted)
        return {(BTIH, 0): Says(7), (BTIH, None): Says(8, None)}

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
    assert columns["votes"].to_pylist() == [votes, votes, None, votes, None]
    assert sorted(asked, key=str) == sorted(
        {(BTIH, 0), (BTIH, 1), (BTIH, None), (OTHER, 0)}, key=str
    )


def test_the_same_digest_of_another_kind_is_another_file() -> None:
    digest = b"d" * 20
    batch = to_table(
        [
            sighting(1, identifier=Identifier(IdentifierKind.BTIH, digest)),
            sighting(2, identifier=Identifier(IdentifierKind.SHA1, digest)),
        ]
    )

    def verdicts(_wanted: Iterable[File]) -> Mapping[File, Verdict]:
        return {(Identifier(IdentifierKind.SHA1, digest), 0): Says(1)}

    assert verdict_columns(batch, verdicts)["entry_id"].to_pylist() == [None, 1]

from luzeiro.collector.match import watched_only
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from tests.observations.examples import BTIH, observation


def test_what_is_watched_is_kept() -> None:
    tally = Tally()
    assert watched_only([observation()], [BTIH], tally) == [observation()]
    assert not tally.counts


def test_an_identifier_that_differs_in_its_last_bit_is_dropped_and_counted() -> None:
    near = Identifier(BTIH.kind, BTIH.digest[:-1] + bytes([BTIH.digest[-1] ^ 1]))
    tally = Tally()
    assert watched_only([observation(identifier=near)], [BTIH], tally) == []
    assert tally.counts["not watched, dropped"] == 1


def test_the_same_digest_under_another_kind_is_another_identifier() -> None:
    sha1 = Identifier(IdentifierKind.SHA1, BTIH.digest)
    assert watched_only([observation(identifier=sha1)], [BTIH], Tally()) == []

import numpy as np

from luzeiro.catalogue.judged import UNKNOWN, Judged, Said

SAID = (Said("example:A", "a rule", 1), Said(None, "a rule", 2))


def test_each_file_has_its_own_statement_and_the_unknown_has_none() -> None:
    judged = Judged(np.array([5, UNKNOWN, 6]), np.array([1, UNKNOWN, 0], np.int32), SAID)
    assert [judged.said_of(row) for row in range(3)] == [SAID[1], None, SAID[0]]

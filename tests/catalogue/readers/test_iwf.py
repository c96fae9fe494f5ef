"""The IWF's list."""

from io import BytesIO

from luzeiro.catalogue.readers import iwf
from luzeiro.catalogue.readers.column_map import ColumnMap
from tests.catalogue.readers.builders import accepted, identifiers, invented


def test_the_map_that_ships_reads_digests_and_category() -> None:
    digests = ",".join(invented(kind, 1) for kind in ("md5", "sha1", "sha256"))
    data = f"MD5,SHA1,SHA256,PhotoDNA,Category\n{digests},AAAA,Category B\n".encode()
    row = accepted(list(iwf.read(BytesIO(data))))[0]
    assert row.identifiers == identifiers(1, "md5", "sha1", "sha256")
    assert (row.scheme, row.label) == ("caid-uk", "B")


def test_a_members_own_map_takes_its_place() -> None:
    columns = ColumnMap(columns={"sha1": "Fingerprint"})
    data = f"Fingerprint\n{invented('sha1', 1)}\n".encode()
    assert len(accepted(list(iwf.read(BytesIO(data), columns)))) == 1

from luzeiro.places.place import PLACE, unplaced


def test_what_is_unplaced_says_so_in_every_column() -> None:
    table = unplaced(3)
    assert table.schema.equals(PLACE)
    table.validate(full=True)
    row = table.to_pylist()[2]
    assert (row["country"], row["radius_km"], row["asn"], row["flags"]) == ("", None, 0, [])
    assert row["place_sha256"] == bytes(32)
    assert len(unplaced(0)) == 0

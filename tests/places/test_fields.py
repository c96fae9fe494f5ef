import pytest

from luzeiro.places.fields import RECORD, USUAL, FieldPaths
from luzeiro.places.mmdb_data import Value

CITY: Value = {
    "country": {"iso_code": "AR", "names": {"en": "Argentina"}},
    "registered_country": {"iso_code": "US"},
    "subdivisions": [{"iso_code": "B"}, {"iso_code": "X"}],
    "city": {"names": {"en": "Example"}},
    "location": {"accuracy_radius": 20},
}


def test_the_usual_layout_is_read() -> None:
    assert FieldPaths().read(CITY) == {
        "country": "AR", "region": "AR-B", "city": "Example", "radius_km": 20, "asn": 0,
        "organisation": "",
    }  # fmt: skip


def test_a_flat_layout_is_read() -> None:
    flat: Value = {
        "country_code": "BR", "region_code": "BR-SP", "city": "Example", "asn": "AS64500",
        "as_name": "Example Net", "radius": "10.2",
    }  # fmt: skip
    assert FieldPaths().read(flat) == {
        "country": "BR", "region": "BR-SP", "city": "Example", "radius_km": 11, "asn": 64500,
        "organisation": "Example Net",
    }  # fmt: skip


def test_one_s_own_path_replaces_the_usual_ones() -> None:
    record: Value = {"geo": [{"cc": "PY"}], "country_code": "US"}
    assert FieldPaths.of({"country": "geo.0.cc"}).read(record)["country"] == "PY"
    with pytest.raises(ValueError, match="'county' is none of country"):
        FieldPaths.of({"county": "x"})


def test_where_it_is_registered_is_not_where_it_is() -> None:
    assert FieldPaths().read({"registered_country": {"iso_code": "US"}})["country"] == ""


@pytest.mark.parametrize(
    ("record", "column", "expected"),
    [
        ({"country": "Argentina"}, "country", ""),
        ({"country": "ar"}, "country", ""),
        ({"country": "AR", "region_code": "BR-SP"}, "region", ""),
        ({"region_code": "B"}, "region", ""),
        ({"country": "AR", "region_code": "Buenos Aires"}, "region", ""),
        ({"radius": -1}, "radius_km", None),
        ({"radius": True}, "radius_km", None),
        ({"radius": float("inf")}, "radius_km", None),
        ({"asn": "ASx"}, "asn", 0),
        ({"asn": 2**32}, "asn", 0),
        ({"city": ["a"]}, "city", ""),
        ("a bare string", "country", ""),
        (["a list"], "country", ""),
    ],
)
def test_what_does_not_pass_is_left_out_never_guessed(
    record: Value, column: str, expected: object
) -> None:
    assert FieldPaths().read(record)[column] == expected


def test_there_is_a_path_for_each_column() -> None:
    assert list(USUAL) == RECORD.names

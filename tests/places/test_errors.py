from luzeiro.places.errors import PlaceTableError


def test_it_says_which_file_why_and_what_to_do() -> None:
    told = str(PlaceTableError("a.mmdb", "it is cut short"))
    assert told == "a.mmdb cannot be used: it is cut short. Fetch it again from its publisher."

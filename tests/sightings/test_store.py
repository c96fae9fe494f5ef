import inspect

from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.store import By, SightingStore, StoreBusyError, StoreError


def test_the_embedded_store_can_do_all_that_an_engine_must() -> None:
    wanted = {
        name: list(inspect.signature(member).parameters)
        for name, member in inspect.getmembers(SightingStore, inspect.isfunction)
        if not name.startswith("_")
    }
    assert wanted
    for name, parameters in wanted.items():
        assert list(inspect.signature(getattr(EmbeddedStore, name)).parameters) == parameters, name


def test_a_busy_store_is_a_store_error_too() -> None:
    assert issubclass(StoreBusyError, StoreError)


def test_sightings_can_be_counted_by_grade_client_and_day() -> None:
    assert [str(by) for by in By] == ["grade", "client", "day"]

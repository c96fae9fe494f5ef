import pytest

from luzeiro.catalogue.merging import joined_to, merge, parted, undo
from luzeiro.catalogue.models import Entry, Merge, Revision
from tests.catalogue.imports import AT, name, row, take

pytestmark = pytest.mark.usefixtures("catalogue")


def entries(count: int) -> Revision:
    take(*(row(name("md5", number)) for number in range(1, count + 1)))
    return Revision.objects.create(kind=Revision.Kind.RESOLUTION, made_at=AT)


def speaking() -> list[int | None]:
    return list(Entry.objects.order_by("pk").values_list("merged_into", flat=True))


def test_the_oldest_of_all_that_are_joined_speaks_for_them() -> None:
    this = entries(5)
    merge([(4, 5), (2, 3)], this)
    assert speaking() == [None, None, 2, None, 4]
    merge([(3, 5)], this)
    assert speaking() == [None, None, 2, 2, 2]
    assert joined_to({4}) == {2, 3, 4, 5}


def test_undoing_one_of_several_edges_parts_only_what_it_held_together() -> None:
    this = entries(4)
    merge([(1, 2), (2, 3), (1, 3), (3, 4)], this)
    first, *_, last = Merge.objects.order_by("pk")
    assert undo([first], this) == {1, 2, 3, 4}
    assert speaking() == [None, 1, 1, 1]
    undo([last], this)
    assert speaking() == [None, 1, 1, None]
    assert parted() == {frozenset({1, 2}), frozenset({3, 4})}
    merge([(3, 4)], this)
    assert parted() == {frozenset({1, 2})}

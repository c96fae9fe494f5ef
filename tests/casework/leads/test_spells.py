from datetime import timedelta
from random import Random

from luzeiro.casework.leads.spells import GAP, spells
from luzeiro.observations.grade import Grade
from tests.casework.world import seen

DAY = timedelta(days=1)


def test_a_long_silence_begins_another_spell() -> None:
    found = spells([seen(ago=30 * DAY), seen(ago=29 * DAY), seen(ago=DAY)])
    assert [len(spell.sightings) for spell in found] == [2, 1]


def test_a_silence_as_long_as_the_gap_is_still_one_spell() -> None:
    assert len(spells([seen(ago=GAP), seen()])) == 1
    assert len(spells([seen(ago=GAP + timedelta(microseconds=1)), seen()])) == 2


def test_hearsay_and_mere_answers_make_no_spell_and_prolong_none() -> None:
    assert spells([seen(grade=Grade.HEARD), seen(grade=Grade.REACHED)]) == []
    bridged = [seen(ago=12 * DAY), seen(ago=6 * DAY, grade=Grade.REACHED), seen()]
    assert len(spells(bridged)) == 2


def test_neither_order_nor_repetition_matters() -> None:
    sightings = [seen(ago=DAY * day) for day in (0, 1, 2, 20, 21, 40)]
    mixed = sightings * 2
    Random(1).shuffle(mixed)
    assert spells(mixed) == spells(sightings)

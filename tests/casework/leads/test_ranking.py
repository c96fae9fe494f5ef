from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from luzeiro.casework.leads.ranking import Parts, Weighing, recency, score, severity, weigh
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import Role
from tests.casework.world import NOW, seen

DAY = timedelta(days=1)


def test_every_part_lies_between_nothing_and_one() -> None:
    many = [seen(entry=entry, ago=DAY * (entry % 50)) for entry in range(1, 400)]
    for parts in (weigh([seen()], {}, NOW), weigh(many, {1: 10_000}, NOW)):
        assert all(0 <= value <= 1 for value in asdict(parts).values())


def test_the_score_is_the_weighted_mean_and_only_shares_matter() -> None:
    all_of_it = Parts(1, 1, 1, 1, 1, 1, 1)
    assert score(all_of_it, Weighing()) == pytest.approx(100)
    only_grade = Weighing(0, 0, 0, 0, 0, 1, 0)
    assert score(replace(all_of_it, grade=0.5), only_grade) == pytest.approx(50)
    halved = Weighing(15, 10, 7.5, 5, 5, 5, 2.5)
    mixed = Parts(0.9, 0.2, 0.5, 0.1, 1, 0.5, 0.4)
    assert score(mixed, Weighing()) == pytest.approx(score(mixed, halved))
    assert score(mixed, Weighing(0, 0, 0, 0, 0, 0, 0)) == 0


def test_rare_files_weigh_more() -> None:
    assert weigh([seen()], {7: 1}, NOW).availability > weigh([seen()], {7: 50}, NOW).availability


def test_graver_categories_weigh_more_and_an_unreadable_one_counts_little() -> None:
    assert severity("caid-uk:A") > severity("caid-uk:C") > severity("nobody:knows") > 0


def test_corroborated_whole_recent_leads_come_first() -> None:
    plain = weigh([seen(share=Role.DOWNLOADING_PART, ago=28 * DAY)], {}, NOW)
    strong = weigh([seen(grade=Grade.CORROBORATED)], {}, NOW)
    assert (strong.grade, strong.role, strong.recency) > (plain.grade, plain.role, plain.recency)
    assert recency(NOW - 14 * DAY, NOW) == pytest.approx(0.5)
    assert recency(NOW + DAY, NOW) == 1

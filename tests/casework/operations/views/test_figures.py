import json
from datetime import timedelta

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.ledger import add_outcome
from luzeiro.casework.operations.models import Operation
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.services import propose
from luzeiro.casework.operations.written import read_figures
from luzeiro.casework.paper.typeset import text_of
from tests.casework.operations.cases import coordinator, entered, joined, operation, target
from tests.casework.requests.cases import TODAY
from tests.casework.world import signed_in


def arrested(ana: Officer, carla: Officer, buenos_aires: Unit) -> Operation:
    found = operation(coordinator(buenos_aires), at=TODAY)
    one = entered(target(found, ana, at=TODAY), ana, carla, at=TODAY)
    add_outcome(target=one, what=What.ARREST, count=2, by=ana, now=TODAY)
    return found


def test_figures_and_papers_say_as_of_when_and_of_what(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires), at=TODAY)
    one = entered(target(found, ana, at=TODAY), ana, carla, at=TODAY)
    add_outcome(target=one, what=What.ARREST, count=2, by=ana, now=TODAY)
    client = signed_in(ana)
    page = client.get(f"/operations/{found.pk}/figures").content.decode()
    assert "Invented light IX" in page
    assert "2 people arrested in 1 country" in page
    before = (TODAY - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    then = client.get(f"/operations/{found.pk}/figures?as_of={before}").content.decode()
    assert "0 people arrested" in then
    for kind, language in (("communique", "pt"), ("report", "en")):
        answer = client.post(f"/operations/{found.pk}/papers/{kind}/{language}")
        assert answer["Content-Type"] == "application/pdf"
        assert "Invented light IX" in text_of(answer.content)
    assert JournalEntry.objects.filter(deed="operation.paper").count() == 2
    assert client.post(f"/operations/{found.pk}/papers/other/en").status_code == 404
    assert client.post(f"/operations/{found.pk}/papers/report/xx").status_code == 404
    assert signed_in(elisa).get(f"/operations/{found.pk}/figures").status_code == 404
    assert signed_in(elisa).post(f"/operations/{found.pk}/papers/report/en").status_code == 404


def test_a_report_as_data_says_its_filters_and_the_journal_keeps_that_it_left(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    found = arrested(ana, carla, buenos_aires)
    answer = signed_in(ana).post(f"/operations/{found.pk}/report.json?country=AR")
    figures = read_figures(answer.content)
    assert (figures.of(What.ARREST), figures.country) == (2, "AR")
    told = json.loads(answer.content)
    assert told["filters"]["operation"] == "Invented light IX"
    assert {one["as_of"] for one in told["figures"]} == {told["filters"]["as_of"]}
    entry = JournalEntry.objects.get(deed="operation.paper")
    assert (entry.facts["form"], entry.facts["country"]) == ("json", "AR")
    assert signed_in(elisa).post(f"/operations/{found.pk}/report.json").status_code == 404


def test_the_filters_narrow_figures_and_papers_alike(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    found, client = arrested(ana, carla, buenos_aires), signed_in(ana)
    before = (TODAY - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    path = f"/operations/{found.pk}/figures"
    then = client.get(f"{path}?as_of={before}&country=AR").content.decode()
    assert "0 people arrested" in then
    assert f"as_of={before.replace(':', '%3A')}&amp;country=AR" in then  # the buttons ask the same
    paper = f"/operations/{found.pk}/papers/report/en?as_of={before}&country=AR"
    text = " ".join(text_of(client.post(paper).content).split())
    assert f"countries: Argentina; ledger as it stood at {before}" in text
    assert "2 people" in client.get(f"{path}?country=XX&as_of=nonsense").content.decode()


def test_editions_stand_beside_one_another_for_whom_takes_part(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    found = arrested(ana, carla, buenos_aires)
    earlier = propose(
        name=found.name, edition="VIII", by=found.proposed_by, now=TODAY - timedelta(days=300)
    )
    page = signed_in(ana).get(f"/operations/{found.pk}/editions")
    text = page.content.decode()
    assert text.index("VIII") < text.index(">IX<")
    assert f'data-source="/operations/{found.pk}/editions.json"' in text
    told = signed_in(ana).get(f"/operations/{found.pk}/editions.json").json()
    assert [(one["edition"], one["counts"]["arrest"]) for one in told["editions"]] == [
        ("VIII", 0),
        ("IX", 2),
    ]
    assert told["filters"]["operation"] == found.name
    joined(found, elisa, by=found.proposed_by, at=TODAY)
    seen = signed_in(elisa).get(f"/operations/{found.pk}/editions.json").json()
    assert [one["edition"] for one in seen["editions"]] == ["IX"]
    assert signed_in(elisa).get(f"/operations/{earlier.pk}/editions.json").status_code == 404

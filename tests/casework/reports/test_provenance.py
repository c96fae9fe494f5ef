import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from luzeiro.casework.reports.provenance import logged, votes_for
from luzeiro.catalogue.models import Entry, Revision, Source, Vote
from luzeiro.evidence.verifier.statements import read_seal
from luzeiro.observations import segment
from luzeiro.observations.segment import SegmentName
from tests.evidence import hubs
from tests.observations.examples import sighting

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_segment_is_found_in_the_log_by_what_its_collector_signed(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        for number in range(2):
            collecting.seal(sighting(number))
        hubs.admit(hub, collecting)
        wanted = {}
        for path in segment.waiting_in(hub.admitted):
            name = SegmentName.parse(path.name)
            day = tmp_path / "segments" / name.on.isoformat()
            day.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, day)
            note = segment.note_of(path.read_bytes())
            assert note is not None
            seal = read_seal(note.decode().rpartition("\n\n")[0] + "\n")
            wanted[name.sha256.hex()] = seal.digest.hex()
    found = logged([*wanted, "00" * 32], tmp_path)
    assert {sha256: one.seal for sha256, one in found.items()} == wanted
    assert {one.log_index for one in found.values()} == {1, 2}  # 0 is the enrolment


def test_a_home_without_a_hub_has_no_log_and_is_given_none(tmp_path: Path) -> None:
    assert logged(["00" * 32], tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def cast(entry: Entry, name: str, *, authority: bool, withdrawn: bool = False) -> None:
    source = Source.objects.create(name=name, authority=authority)
    revision = Revision.objects.create(source=source, made_at=AT, list_name=f"{name}.json")
    Vote.objects.create(
        entry=entry, source=source, scheme="caid-uk", label="A", revision=revision,
        entered_by=revision, withdrawn_by=revision if withdrawn else None,
    )  # fmt: skip


@pytest.mark.django_db(databases=["default", "catalogue"])
def test_standing_votes_are_told_authorities_first_and_of_the_entry_that_speaks() -> None:
    first = Revision.objects.create(made_at=AT)
    root = Entry.objects.create(added_by=first)
    merged = Entry.objects.create(added_by=first, merged_into=root)
    cast(root, "A body", authority=False)
    cast(merged, "Z authority", authority=True)
    cast(root, "Gone", authority=True, withdrawn=True)
    told = votes_for({root.pk, merged.pk, -3, 999})
    assert set(told) == {root.pk, merged.pk}
    assert told[merged.pk] == told[root.pk]
    assert [(one.source, one.authority, one.list_name) for one in told[root.pk]] == [
        ("Z authority", True, "Z authority.json"),
        ("A body", False, "A body.json"),
    ]
    assert (told[root.pk][0].category, told[root.pk][0].entered_at) == ("caid-uk:A", AT)

from pathlib import Path

import pytest

from luzeiro.evidence.log import LogError
from luzeiro.hub.refusals import Why
from luzeiro.observations import segment
from tests.evidence import hubs
from tests.observations.examples import sighting


def test_what_waits_is_admitted_and_moved(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        for number in range(70):
            collecting.seal(sighting(number))
        done = hubs.admit(hub, collecting)
        assert (done.admitted, done.set_aside) == (70, ())
        assert segment.waiting_in(tmp_path / "spool") == []
        assert len(segment.waiting_in(hub.admitted)) == 70
        assert hub.log.head().size == 71


def test_what_is_refused_is_set_aside_and_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        collecting.seal(sighting(1)).write_bytes(b"")
        collecting.seal(sighting(2))
        done = hubs.admit(hub, collecting)
        (aside,) = done.set_aside
        assert (done.admitted, aside.why) == (1, Why.DAMAGED)
        assert aside.path.parent == hub.refused
        assert "was refused and set aside" in aside.told


def test_a_damaged_log_takes_nothing_and_nothing_leaves_the_spool(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        tile = hub.log.folder / "tile/0/000.p/1"
        tile.write_bytes(bytes(32))
        collecting.seal(sighting(1))
        with pytest.raises(LogError, match="were changed"):
            hubs.admit(hub, collecting)
    assert len(segment.waiting_in(tmp_path / "spool")) == 1

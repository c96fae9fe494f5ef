"""Puts our name to an observation: which collector, software, settings, watch set and clock."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from uuid import UUID

from luzeiro import __version__
from luzeiro.observations.record import CLOCK_DOUBTFUL, Clock, Observation, Sighting
from luzeiro.observations.uuid7 import uuid7

SOFTWARE = f"luzeiro {__version__}"


def configuration_sha256(settings: Mapping[str, object]) -> bytes:
    """Digest the settings in force, in one spelling: sorted JSON; other values as their text."""
    spelled = json.dumps(settings, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).digest()


@dataclass(frozen=True, slots=True)
class Recorder:
    """Makes sightings of observations. `random` makes the ids unique, and only that."""

    collector: UUID
    configuration_sha256: bytes
    watch_revision: str
    random: Random

    def record(
        self, observations: Iterable[Observation], clock: Clock, at: datetime
    ) -> list[Sighting]:
        """Give each observation its id. `at` is now, in UTC."""
        return [
            Sighting(
                sighting_id=uuid7(at, self.random),
                observation=_doubted(observation) if clock.error_s is None else observation,
                collector=self.collector,
                software=SOFTWARE,
                configuration_sha256=self.configuration_sha256,
                watch_revision=self.watch_revision,
                clock=clock,
            )
            for observation in observations
        ]


def _doubted(observation: Observation) -> Observation:
    return replace(observation, doubts=(*observation.doubts, CLOCK_DOUBTFUL))

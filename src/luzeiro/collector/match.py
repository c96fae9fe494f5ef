"""What matches no watched identifier is not kept: checked once more before anything is written."""

from collections.abc import Iterable, Sequence

from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.identifiers import Identifier
from luzeiro.observations.record import Observation


def watched_only(
    observations: Iterable[Observation], watched: Sequence[Identifier], tally: Tally
) -> list[Observation]:
    """Keep the observations of watched identifiers; every byte of the digest is compared.

    A room looks for nothing else, so a mismatch is a fault of ours: it is dropped and counted.
    """
    kept = []
    for observation in observations:
        if observation.identifier in watched:
            kept.append(observation)
        else:
            tally.count("not watched, dropped")
    return kept

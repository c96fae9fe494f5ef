"""The portal's tests use casework's people."""

from tests.casework.conftest import ana, buenos_aires, carla, elisa, sao_paulo

__all__ = ["ana", "buenos_aires", "carla", "elisa", "sao_paulo"]

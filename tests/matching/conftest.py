from tests.catalogue.conftest import catalogue, laid, postgresql_server

__all__ = ["catalogue", "laid", "postgresql_server"]

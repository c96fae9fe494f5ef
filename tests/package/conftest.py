from tests.evidence.conftest import package

__all__ = ["package"]

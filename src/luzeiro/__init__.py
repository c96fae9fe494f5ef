"""Luzeiro: who states that they share files which vetted bodies have categorised."""

__version__ = "0.1.0"

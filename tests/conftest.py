from hypothesis import settings

from luzeiro.catalogue import setup as _setup  # noqa: F401 - models can be imported after this

# The same examples each time, however busy the machine: a red test is then a change's own fault.
settings.register_profile("repeatable", derandomize=True, deadline=None)
# Fresh ones, and more of them: `pytest --hypothesis-profile explore`.
settings.register_profile("explore", derandomize=False, deadline=None, max_examples=2_000)
settings.load_profile("repeatable")

from luzeiro.catalogue import setup as _setup  # noqa: F401 - models can be imported after this

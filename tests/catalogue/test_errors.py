from luzeiro.catalogue.errors import CatalogueError
from luzeiro.cli.faults import explain


def test_what_the_catalogue_declines_is_told_in_its_own_words() -> None:
    assert explain(CatalogueError("say which")) == "say which"

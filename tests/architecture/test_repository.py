"""What is tracked says the same on every machine, and refers to what is there."""

import re
from pathlib import Path

from tests.architecture.repository import ROOT, texts, tracked

HERE = "tests/architecture/test_repository.py"
# A path of one machine says nothing to another; a registry is the reader's own choice.
MACHINE = re.compile(
    r"(?<![\w.$}~-])/(?:work|root|farm|mnt|home/\w+|Users/\w+)/|(?<![\w.$}])/tmp/(?!luzeiro\b)\w"
)
REGISTRY = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|crates\.io|--index-url")
# A commit and a file are their author's, with whatever they were written.
TOOL = re.compile(r"co-authored-by|generated (?:with|by)(?! Django)", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b(?!0)")
DOCUMENT = re.compile(r"(?<![\w/.-])[A-Z][A-Z_]+\.md\b")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def found_in_texts(wanted: re.Pattern[str], *, of_others: bool = False) -> list[tuple[str, str]]:
    return [
        (name, found.group())
        for name, text in texts(of_others=of_others)
        if name != HERE
        for found in wanted.finditer(text)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found_in_texts(MACHINE) == []


def test_no_file_names_a_registry() -> None:
    assert found_in_texts(REGISTRY, of_others=True) == []


def test_no_file_tells_of_the_tools_that_wrote_it_or_of_work_left_over() -> None:
    assert found_in_texts(TOOL) == []
    assert found_in_texts(UNFINISHED) == []


def test_a_document_that_is_named_exists() -> None:
    names = {path.name for path in tracked()} | {"SPEC.md"}
    assert [one for one in found_in_texts(DOCUMENT) if one[1] not in names] == []


def test_a_link_in_a_document_leads_somewhere() -> None:
    dead = [
        (name, target)
        for name, text in texts(of_others=False)
        if name.endswith(".md")
        for target in LINK.findall(text)
        if "://" not in target and not (ROOT / Path(name).parent / target).exists()
    ]
    assert dead == []


def test_the_threat_model_names_tests_that_exist() -> None:
    page = (ROOT / "THREAT_MODEL.md").read_text()
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+)(\*?))?`", page)
    assert len(named) > 12
    for path, test, more in named:
        text = (ROOT / path).read_text()
        assert f"def {test}{'' if more else '('}" in text or not test, (path, test)


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme

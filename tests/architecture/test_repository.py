import re
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
# A path of one machine says nothing to another; a registry is the reader's own choice.
MACHINE = re.compile(r"(?<![\w.$}])/(?:work|root|farm|home/\w+|Users/\w+)/")
REGISTRY = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian")


def texts() -> list[tuple[str, str]]:
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout.decode()
    names = [name for name in told.split("\0") if name and (REPOSITORY / name).is_file()]
    return [(name, (REPOSITORY / name).read_bytes().decode("utf-8", "replace")) for name in names]


def test_no_file_names_a_path_of_one_machine_or_a_registry() -> None:
    assert not [
        (name, found.group())
        for name, text in texts()
        if name != "tests/architecture/test_repository.py"
        for found in (MACHINE.search(text), REGISTRY.search(text))
        if found
    ]


def test_the_readme_names_the_two_commands() -> None:
    readme = (REPOSITORY / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme

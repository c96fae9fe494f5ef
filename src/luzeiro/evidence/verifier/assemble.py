"""The verifier as one file: its modules one after another, with the imports between them left out.

So what ships in a package is the very code that is tested here, and needs Python alone.
"""

import ast
from pathlib import Path

_ORDER = (
    *("ed25519", "merkle", "notes", "statements", "sighting", "exchange", "rc4", "mse"),
    *("bittorrent", "ed2k_packets", "ed2k_indexes", "ed2k_obfuscation", "edonkey", "ed2k_hearsay"),
    *("judgement", "judge_bittorrent", "judge_edonkey", "judge"),
    *("bag", "pcapng", "tables", "findings", "proofs", "examine", "report"),
)
_HEAD = '''#!/usr/bin/env python3
"""Checks a package of Luzeiro: python3 verify.py PACKAGE.zip

One file, no dependency outside Python's standard library (3.10 or newer), no network.
Apache License 2.0. What it checks, and what it cannot, is in the README beside it.
"""
'''


def assemble() -> bytes:
    """Give the verifier's text."""
    folder, imports, bodies = Path(__file__).parent, set[str](), list[str]()
    for name in _ORDER:
        text = (folder / f"{name}.py").read_text()
        outside, body = _taken_apart(text)
        imports |= outside
        bodies.append(f"\n# {'-' * 10} {name} {'-' * 10}\n\n{body.strip()}\n")
    head = _HEAD + "\n" + "\n".join(sorted(imports)) + "\n"
    tail = '\n\nif __name__ == "__main__":\n    sys.exit(main())\n'
    return (head + "\n".join(bodies) + tail).encode()


def _taken_apart(text: str) -> tuple[set[str], str]:
    """The imports from the standard library, and the rest without any import or docstring."""
    lines, outside, gone = text.splitlines(), set[str](), set[int]()
    for node in ast.parse(text).body:
        docstring = isinstance(node, ast.Expr) and node.lineno == 1
        if not docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        gone |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("luzeiro")
        if not docstring and not ours:
            outside.add(ast.unparse(node))
    kept = [line for number, line in enumerate(lines, start=1) if number not in gone]
    comment = ast.get_docstring(ast.parse(text)) or ""
    told = "\n".join(f"# {line}".rstrip() for line in comment.splitlines())
    return outside, told + "\n" + "\n".join(kept)


def names_at_top(name: str) -> set[str]:
    """The names that a module binds, other than by an import: no two modules may share one."""
    found = set()
    for node in ast.parse((Path(__file__).parent / f"{name}.py").read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if target is not None:
                found |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return found


MODULES = _ORDER

"""`luzeiro evidence log`: the hub's transparency log, its head, proofs, audit, stamps,
witnesses.
"""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from luzeiro.cli.home import Home, current_home
from luzeiro.cli.output import Output, emit
from luzeiro.evidence import durable
from luzeiro.evidence.audit import audit as audit_log
from luzeiro.evidence.log import LogError
from luzeiro.evidence.stamp import StampError, ask_authority, check_stamp, named_in, stamp_request
from luzeiro.evidence.verifier.notes import VerifierKey, parse_checkpoint, parse_key, parse_note
from luzeiro.hub.hub import Hub

app = typer.Typer(help="The hub's transparency log.", no_args_is_help=True)
OutputOption = Annotated[Output, typer.Option(help="For people, or one object a line, or CSV.")]
_FILE = {"exists": True, "dir_okay": False}


@app.command("status")
def status(output: OutputOption = Output.TEXT) -> None:
    """Say how long the log is, its key and root, and who cosigned it. Exit status 2: no hub
    here.
    """
    with _hub() as (home, hub):
        head = hub.log.head()
        told = {
            "origin": head.origin,
            "size": head.size,
            "root": base64.b64encode(head.root).decode(),
            "key": str(hub.log.key),
            "witnesses": [one.name for one in witnesses(home)],
            "stamped_heads": len(stamped_heads(home)),
            "folder": str(hub.log.folder),
        }
    if output is Output.TEXT:
        emit(
            [{"what": name.replace("_", " "), "told": value} for name, value in told.items()],
            ("what", "told"),
            output,
        )
    else:
        emit([told], tuple(told), output)


@app.command("checkpoint")
def checkpoint(
    cosigned: Annotated[
        Path | None,
        typer.Option("--cosigned", **_FILE, help="Take in witnesses' signatures from this copy."),
    ] = None,
) -> None:
    """Print the signed head. Keep copies elsewhere: they are what makes a rewritten log show.

    With --cosigned FILE: add the signatures of known witnesses (`log witness`) in a copy of the
    newest head. Exit status 1: that copy has none of theirs that is new.
    """
    with _hub() as (home, hub):
        if cosigned is not None:
            added = hub.log.add_cosignatures(cosigned.read_bytes(), witnesses(home))
            typer.echo(f"added: {', '.join(added) or 'nothing new'}", err=True)
            if not added:
                raise typer.Exit(1)
        typer.echo((hub.log.checkpoint() or b"").decode(), nl=False)


@app.command("witness")
def witness(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its verifier key.")],
) -> None:
    """Know a witness, another agency's for example, so that its cosignatures are kept."""
    parsed = parse_key(key)
    with _hub() as (home, _):
        known = witnesses(home)
        if parsed not in known:
            lines = "".join(f"{one}\n" for one in (*known, parsed))
            durable.put(_witness_file(home), lines.encode())
    typer.echo(f"{parsed.name} is known.", err=True)


@app.command("prove")
def prove(
    index: Annotated[
        int | None, typer.Argument(metavar="[INDEX]", min=0, help="Of an entry, from 0.")
    ] = None,
    from_size: Annotated[
        int | None, typer.Option(min=0, help="Prove that the log only grew since this size …")
    ] = None,
    to_size: Annotated[int | None, typer.Option(min=0, help="… up to this one; else now.")] = None,
    entry: Annotated[bool, typer.Option("--entry", help="Print the entry instead.")] = False,
) -> None:
    """Print the proof that an entry is in the log (C2SP tlog-proof), or that the log only grew.

    Exit status 2: there is no such entry or size.
    """
    with _hub() as (_, hub):
        size = hub.log.head().size
        if index is not None:
            if index >= size:
                raise LogError(f"there is no entry {index}: the log has {size}")
            told = hub.log.reader().entry(index) if entry else hub.log.proof(index)
            typer.echo(told.decode(), nl=False)
            return
        if from_size is None:
            raise typer.BadParameter("name an entry's index, or --from-size")
        end = size if to_size is None else to_size
        if not from_size <= end <= size:
            raise LogError(f"the log has {size} entries: no proof from {from_size} to {end}")
        for one in hub.log.reader(end).consistency_path(from_size, end):
            typer.echo(base64.b64encode(one).decode())


@app.command("audit")
def audit(
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", **_FILE, help="A head that was kept elsewhere; repeatable."),
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Recompute the whole log from its files, and compare it with heads that were kept outside.

    Exit status 1: something does not hold; each fault is named.
    """
    with _hub() as (_, hub):
        found = audit_log(hub.log, [one.read_bytes() for one in checkpoints or ()])
    rows = [{"fault": one} for one in found.faults]
    if rows or output is not Output.TEXT:
        emit(rows, ("fault",), output)
    against = f"against {len(checkpoints)} kept outside" if checkpoints else "against itself alone"
    typer.echo(
        f"{found.size} entries, {found.segments} segments, {found.sightings} sightings, checked "
        f"{against}: {f'{len(rows)} faults' if rows else 'all holds'}",
        err=True,
    )
    if not checkpoints:
        typer.echo(
            "luzeiro: whoever owns this disk can rewrite all of it: bring a head that was kept "
            "elsewhere (--checkpoint FILE).",
            err=True,
        )
    raise typer.Exit(1 if rows else 0)


@app.command("stamp")
def stamp(
    authority: Annotated[
        str | None, typer.Option(metavar="URL", help="The time stamp authority (RFC 3161).")
    ] = None,
    request_out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the request, to be carried there.")
    ] = None,
    response: Annotated[
        Path | None, typer.Option(**_FILE, help="The response that was carried back.")
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(**_FILE, help="The authority's root certificate (PEM): checks the stamp."),
    ] = None,
    label: Annotated[str, typer.Option(help="What to call this authority.")] = "authority",
) -> None:
    """Have the newest head stamped by a time stamp authority, and keep the stamp.

    Exit status 2: no stamp, or one that does not stand. Nothing is kept then.
    """
    with _hub() as (home, hub):
        head = _head_to_stamp(home, hub, from_request=response is not None)
        if request_out is not None:
            durable.put(_pending(home), head)
            durable.put(request_out, stamp_request(head))
            typer.echo(f"{request_out}: take it to the authority, then --response FILE", err=True)
            return
        if response is None and authority is None:
            raise typer.BadParameter("name the authority with --authority, or see --request-out")
        held = (
            response.read_bytes()
            if response
            else ask_authority(authority or "", stamp_request(head))
        )
        if not named_in(held, head):
            raise StampError("the stamp is of something else than this log's head")
        if root is not None:
            at = check_stamp(held, head, [x509.load_pem_x509_certificate(root.read_bytes())])
            typer.echo(f"stamped at {at.isoformat()}", err=True)
        else:
            typer.echo("luzeiro: kept unchecked; --root PEM checks the authority's word.", err=True)
        folder = _stamps(home) / str(parse_checkpoint(parse_note(head).text).size)
        folder.mkdir(parents=True, exist_ok=True)
        durable.put(folder / "checkpoint", head)
        durable.put(folder / f"{label}.tsr", held)


def witnesses(home: Home) -> list[VerifierKey]:
    """The witnesses that are known."""
    path = _witness_file(home)
    return [parse_key(line) for line in path.read_text().splitlines()] if path.exists() else []


def stamped_heads(home: Home) -> list[Path]:
    """The heads that were stamped; the stamps lie beside each."""
    return sorted(_stamps(home).glob("*/checkpoint"))


def _head_to_stamp(home: Home, hub: Hub, *, from_request: bool) -> bytes:
    if from_request and _pending(home).exists():
        return _pending(home).read_bytes()
    head = hub.log.checkpoint()
    if head is None:
        raise LogError("the log is empty: there is no head to stamp yet")
    return head


def _witness_file(home: Home) -> Path:
    return home.hub / "witnesses"


def _stamps(home: Home) -> Path:
    return home.hub / "stamps"


def _pending(home: Home) -> Path:
    return _stamps(home) / "requested"


@contextmanager
def _hub() -> Iterator[tuple[Home, Hub]]:
    home = current_home()
    if not (home.hub / "key").exists():
        raise LogError(f"there is no hub in {home.path} yet: nothing was ever admitted here")
    (_stamps(home)).mkdir(exist_ok=True)
    with closing(Hub(home.hub)) as hub:
        yield home, hub

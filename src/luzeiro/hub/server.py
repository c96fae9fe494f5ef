"""The hub over HTTPS: takes segments, enrols collectors, serves the log's static files.

Each upload is checked by its note before its body is read, so that nobody without an enrolled key
can fill the disk. Bodies are examined on threads; one task alone puts what waits into the log, all
at once, so that fifty collectors cost one checkpoint.
"""

import asyncio
import base64
import binascii
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from luzeiro.evidence import durable
from luzeiro.evidence.log import LogError
from luzeiro.evidence.tiles import TilesError
from luzeiro.evidence.verifier.statements import SegmentSeal
from luzeiro.hub.examine import MAX_BYTES, Examined, open_seal
from luzeiro.hub.hub import Hub, Receipt
from luzeiro.hub.refusals import RefusedError, Why
from luzeiro.hub.wire import (
    CONSISTENCY,
    ENROL,
    MISSING_HEADER,
    NOTE_HEADER,
    RECEIPTS,
    SEGMENTS,
    spelled_holes,
)
from luzeiro.observations.segment import SegmentName

_BODY_TIMEOUT_S = 600.0
_CHUNK_BYTES = 2**18
_AT_ONCE = 256
_STATUS = {
    Why.UNKNOWN_COLLECTOR: 401,
    Why.FORGED: 403,
    Why.TICKET: 403,
    Why.FORKED: 409,
}  # the others are 422
_Answer = TypeVar("_Answer")
_Waiting = tuple[Path, Examined, "asyncio.Future[Receipt]"]


class HubServer:
    """One hub's server, for as long as it runs."""

    def __init__(self, hub: Hub, *, report: Callable[[str], None]) -> None:
        self._hub, self._report = hub, report
        self._one_writer = ThreadPoolExecutor(1, "hub-log")
        self._examiners = ThreadPoolExecutor(max(2, os.cpu_count() or 2), "hub-examine")
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(_AT_ONCE)
        self._uploads = 0
        for left in hub.incoming.glob(f"*{durable.UNFINISHED}"):
            left.unlink()  # cut off in the middle when we last ran

    def application(self) -> web.Application:
        """The routes, to be run by aiohttp."""
        app = web.Application(client_max_size=64 * 1024, middlewares=[_refusals_as_json])
        app.router.add_post(ENROL, self._enrol)
        app.router.add_put(SEGMENTS + "{name}", self._take)
        app.router.add_get(RECEIPTS + "{digest}", self._receipt)
        app.router.add_get(CONSISTENCY, self._consistency)
        app.router.add_get("/log/{path:.+}", self._static)
        app.cleanup_ctx.append(self._sequencing)
        return app

    # Handlers.

    async def _enrol(self, request: web.Request) -> web.Response:
        secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
        body, now = await request.read(), datetime.now(UTC)
        entry, proof = await self._written(lambda: self._hub.enrol_by_ticket(body, secret, now))
        self._report("a collector enrolled")
        return web.json_response({"entry": entry.decode(), "receipt": proof.decode()})

    async def _take(self, request: web.Request) -> web.Response:
        name = _segment_name(request.match_info["name"])
        note = _note_header(request)
        seal = open_seal(note, self._hub.ledger.key_of)
        held = await self._written(lambda: self._hub.receipt(seal.digest))
        if held is not None:
            return await self._receipt_response(held, seal)
        sealed = await self._body(request)
        examined = await asyncio.get_running_loop().run_in_executor(
            self._examiners, self._hub.examine, name, sealed
        )
        if examined.note != note:
            raise RefusedError(Why.MISSTATED, "its note is not the one that was sent before it")
        receipt = await self._admitted(examined, sealed)
        return await self._receipt_response(receipt.proof, seal)

    async def _receipt(self, request: web.Request) -> web.Response:
        try:
            digest = bytes.fromhex(request.match_info["digest"])
        except ValueError as error:
            raise web.HTTPNotFound from error
        held = await self._written(lambda: self._hub.receipt(digest))
        if held is None:
            raise web.HTTPNotFound
        return web.Response(body=held, content_type="text/plain", charset="utf-8")

    async def _consistency(self, request: web.Request) -> web.Response:
        size = self._hub.log.head().size
        try:
            old, new = (int(request.query[name]) for name in ("old", "new"))
        except (KeyError, ValueError) as error:
            raise web.HTTPBadRequest from error
        if not 0 <= old <= new <= size:
            raise web.HTTPNotFound
        path = await self._written(lambda: self._hub.log.reader(new).consistency_path(old, new))
        return web.json_response([base64.b64encode(one).decode() for one in path])

    async def _static(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["path"]
        path = self._hub.log.folder / wanted
        named = wanted == "checkpoint" or wanted.startswith("tile/")
        if not named or ".." in wanted.split("/") or not path.is_file():
            raise web.HTTPNotFound
        kind = "text/plain; charset=utf-8" if wanted == "checkpoint" else "application/octet-stream"
        cached = "no-cache" if wanted == "checkpoint" else "max-age=31536000, immutable"
        return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": cached})

    # How a segment goes in.

    async def _body(self, request: web.Request) -> bytes:
        """Read a body up to the limit, and no longer than ten minutes."""
        parts, size = [], 0
        async with asyncio.timeout(_BODY_TIMEOUT_S):
            async for part in request.content.iter_chunked(_CHUNK_BYTES):
                size += len(part)
                if size > MAX_BYTES:
                    raise web.HTTPRequestEntityTooLarge(MAX_BYTES, size)
                parts.append(part)
        return b"".join(parts)

    async def _admitted(self, examined: Examined, sealed: bytes) -> Receipt:
        path = self._hub.incoming / str(examined.name)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._examiners, durable.put, path, sealed)
        answer: asyncio.Future[Receipt] = loop.create_future()
        await self._waiting.put((path, examined, answer))
        return await asyncio.shield(answer)  # who hangs up now does not stop what is under way

    async def _sequencing(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._sequence())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        self._one_writer.shutdown()
        self._examiners.shutdown()

    async def _sequence(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < _AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                answers = await self._written(partial(self._admit, batch))
            except (LogError, TilesError, OSError) as error:
                self._report(f"nothing can be taken in now: {error}")
                for _, _, answer in batch:
                    _fail(answer, error)
                continue
            for (_, _, answer), told in zip(batch, answers, strict=True):
                if isinstance(told, Receipt):
                    if not answer.done():
                        answer.set_result(told)
                else:
                    _fail(answer, told)

    def _admit(self, batch: list[_Waiting]) -> list[Receipt | RefusedError]:
        answers = self._hub.admit([examined for _, examined, _ in batch])
        for (path, examined, _), told in zip(batch, answers, strict=True):
            if isinstance(told, Receipt):
                self._hub.place(path, examined)
            else:
                path.unlink(missing_ok=True)  # its collector has it still
        return answers

    async def _receipt_response(self, proof: bytes, seal: SegmentSeal) -> web.Response:
        missing = await self._written(lambda: self._hub.ledger.missing(seal.collector))
        headers = {MISSING_HEADER: spelled_holes(missing)} if missing else {}
        return web.Response(body=proof, content_type="text/plain", charset="utf-8", headers=headers)

    async def _written(self, do: Callable[[], _Answer]) -> _Answer:
        """Do something with the ledger or the log, one thing at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._one_writer, do)


@web.middleware
async def _refusals_as_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusedError as refused:
        status = _STATUS.get(refused.why, 422)
        return web.json_response({"why": refused.why, "told": str(refused)}, status=status)
    except TimeoutError:
        return web.json_response({"why": "slow", "told": "the body took too long"}, status=408)
    except (LogError, TilesError, OSError) as error:
        told = f"the hub cannot take anything in now: {type(error).__name__}"
        return web.json_response({"why": "hub", "told": told}, status=503)


def _segment_name(text: str) -> SegmentName:
    try:
        return SegmentName.parse(text)
    except ValueError as error:
        raise RefusedError(Why.DAMAGED, str(error)) from error


def _note_header(request: web.Request) -> bytes:
    try:
        return base64.b64decode(request.headers[NOTE_HEADER], validate=True)
    except (KeyError, binascii.Error, ValueError) as error:
        raise RefusedError(Why.UNSIGNED, f"the header {NOTE_HEADER} holds no note") from error


def _fail(answer: "asyncio.Future[Receipt]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


class ServeError(Exception):
    """The hub cannot serve: why, and what to do."""


def tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """What the server needs to speak TLS 1.2 or newer.

    Raises:
        ServeError: a file is missing or is not what it must be.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise ServeError(
            f"{certificate} and {key} are not a certificate and its key in PEM: {error}"
        ) from error
    return context

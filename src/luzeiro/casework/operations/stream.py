"""Server-sent events (WHATWG HTML, 9.2): the board's events, each with its number.

A screen says the last number that it has (`Last-Event-ID`), and gets every later one, once, in
order: none is missed over a broken link, and none comes twice.
"""

import json
from collections.abc import Callable, Iterator

from luzeiro.casework.operations.models import BoardEvent
from luzeiro.casework.operations.watching import AT_MOST, Fetch, Watch
from luzeiro.casework.paper.instants import utc_text, zone

KEEP_ALIVE_S = 5.0  # a comment: proxies see life, and a link that is gone is noticed and let go
LIVES_S = 300.0  # then the screen comes again, and passes the gate again
RETRY_MS = 1000
ASK_S = 2.0  # how old the gate's word may be when an event is sent under it


def follow(
    fetch: Fetch,
    last: int,
    *,
    watch: Callable[[int], Watch],
    admitted: Callable[[], bool],
    now: Callable[[], float],
) -> Iterator[str]:
    """Give frames for as long as a stream lives.

    What a screen has missed it gets from the table; then it waits with all others.

    Args:
        fetch: the events after a number, in order, at most `AT_MOST` of them.
        last: the number of the last event that the screen has.
        watch: the operation's, which all its screens share; asked once this one is up to date.
        admitted: whether the session still lasts; asked before anything is sent, unless it was
            within `ASK_S`. Where it does not, the stream ends, and says nothing more.
        now: seconds, any monotonic origin; the watch's own.
    """
    asked_at = now()  # the gate let the request in
    ends = asked_at + LIVES_S
    yield f"retry: {RETRY_MS}\n\n"
    shared: Watch | None = None
    while now() < ends:
        fresh = None if shared is None else shared.after(last, min(ends, now() + KEEP_ALIVE_S))
        if fresh is None:
            missed = fetch(last)
            fresh = [(one.pk, frame(one)) for one in missed]
            if len(missed) < AT_MOST:
                shared = shared or watch(fresh[-1][0] if fresh else last)
        elif not fresh:
            fresh = [(last, ": still here\n\n")]
        if now() - asked_at >= ASK_S:
            if not admitted():
                return
            asked_at = now()
        for number, written in fresh:
            last = number
            yield written


def frame(event: BoardEvent) -> str:
    """One event as the browser's EventSource reads it."""
    return f"id: {event.pk}\nevent: board\ndata: {json.dumps(told(event))}\n\n"


def told(event: BoardEvent) -> dict[str, object]:
    """What the board shows of an event. Of a target no more than its code and its country."""
    target = event.target
    return {
        "id": event.pk,
        "kind": event.kind,
        "code": target.code if target else "",
        "country": target.country if target else "",
        "before": event.before,
        "after": event.after,
        "at": utc_text(event.at),
        "local": f"{event.at.astimezone(zone(target.zone)):%H:%M:%S}" if target else "",
        "unit": event.by.unit.name,
    }


def last_number(header: str, asked: str) -> int:
    """What the screen has: the browser's header before the page's own word; 0 where neither is."""
    for text in (header, asked):
        if text.isascii() and text.isdigit() and len(text) < 19:
            return int(text)
    return 0

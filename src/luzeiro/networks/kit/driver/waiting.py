"""Waiting for work, but no longer than until somebody says stop."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

_Result = TypeVar("_Result")


async def first_of(
    tasks: set["asyncio.Task[_Result]"], stop: asyncio.Event
) -> set["asyncio.Task[_Result]"]:
    """Wait until a task is finished or `stop` is set; give the finished."""
    await until_any(tasks, stop)
    return {task for task in tasks if task.done()}


async def unless_stopped(work: Coroutine[Any, Any, _Result], stop: asyncio.Event) -> _Result | None:
    """Give the result of `work`, or None where `stop` came first."""
    task = asyncio.ensure_future(work)
    await until_any({task}, stop)
    if task.done():
        return task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return None


async def until_any(tasks: Iterable["asyncio.Task[Any]"], stop: asyncio.Event) -> None:
    """Wait until a task is finished or `stop` is set."""
    # Any: what the tasks give does not matter here, only that one is done.
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({stopped, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()

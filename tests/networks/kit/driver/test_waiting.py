import asyncio

from luzeiro.networks.kit.driver.waiting import first_of, unless_stopped


async def after(seconds: float, result: int) -> int:
    await asyncio.sleep(seconds)
    return result


def test_what_is_done_before_the_stop_gives_its_result() -> None:
    async def run() -> int | None:
        return await unless_stopped(after(0, 7), asyncio.Event())

    assert asyncio.run(run()) == 7


def test_work_is_let_go_when_the_stop_comes_first() -> None:
    async def run() -> int | None:
        stop = asyncio.Event()
        stop.set()
        return await unless_stopped(after(60, 7), stop)

    assert asyncio.run(run()) is None


def test_the_first_of_several_is_given_and_the_others_go_on() -> None:
    async def run() -> tuple[set[int], bool]:
        slow, quick = (asyncio.ensure_future(after(wait, wait)) for wait in (60, 0))
        finished = await first_of({slow, quick}, asyncio.Event())
        going_on = not slow.done()
        slow.cancel()
        return {task.result() for task in finished}, going_on

    assert asyncio.run(run()) == ({0}, True)

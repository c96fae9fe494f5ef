"""Who may go where: every route of the portal, in one table. What is not listed is 404."""

from dataclasses import dataclass
from enum import Enum

from luzeiro.casework.officers.models import Role

ADMINISTRATOR, AUDITOR, TRAINER = Role.ADMINISTRATOR, Role.AUDITOR, Role.TRAINER
SUPERVISOR = Role.SUPERVISOR
CASE = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.COORDINATOR})


class Stage(Enum):
    """How far through the gate one must be."""

    OPEN = "anybody"
    TOKEN = "a token of the API"
    PENDING = "password given, second factor not yet"
    SIGNED_IN = "signed in"
    ADMITTED = "signed in, with second factor, agreement and training"


@dataclass(frozen=True, slots=True)
class Route:
    """Who may. No roles: any. `fresh`: the second factor shown lately; else ask, then go `back`.

    `unattended`: a page asks for it by itself, so it is no sign that anybody sits there.
    """

    stage: Stage
    roles: frozenset[Role] = frozenset()
    fresh: bool = False
    back: str = "home"
    unattended: bool = False


def _open(*names: str) -> dict[str, Route]:
    return dict.fromkeys(names, Route(Stage.OPEN))


def _signed_in(*names: str) -> dict[str, Route]:
    return dict.fromkeys(names, Route(Stage.SIGNED_IN))


def _admitted(
    *names: str, to: frozenset[Role] = frozenset(), fresh: bool = False, back: str = "home"
) -> dict[str, Route]:
    return dict.fromkeys(names, Route(Stage.ADMITTED, to, fresh, back))


REQUEST_PAGES = ("list", "providers", "draw", "request", "withdraw", "return-file",
                 "return-typed", "return")  # fmt: skip
OPERATION_PAGES = ("list", "operation", "bring", "figures", "paper", "report-json", "editions",
                   "editions-json", "board", "here", "target", "order", "people", "move",
                   "outcome", "briefing", "correct")  # fmt: skip
ROUTES: dict[str, Route] = {
    **_open("officers:sign-in", "officers:welcome", "officers:language", "alive"),
    **dict.fromkeys(
        (
            "officers:factor",
            "officers:factor-passkey-options",
            "officers:factor-passkey",
        ),
        Route(Stage.PENDING),
    ),
    **_signed_in(
        "home",
        "officers:sign-out",
        "officers:factor-set-up",
        "officers:factor-codes",
        "officers:passkey-options",
        "officers:passkey-add",
        "officers:agreement",
        "officers:renewal",
        "officers:confirm",
        "officers:confirm-passkey-options",
        "officers:confirm-passkey",
    ),
    **_admitted("officers:account", "officers:certificate"),
    **_admitted(
        "officers:password",
        "officers:end-sessions",
        "officers:passkey-remove",
        "officers:codes-renew",
        fresh=True,
        back="officers:account",
    ),
    # People and machines: administrators.
    **_admitted(
        "officers:people",
        "officers:officer",
        "officers:units",
        "machines",
        to=frozenset({ADMINISTRATOR}),
    ),
    **_admitted(
        "officers:enlist",
        "officers:factor-reset",
        "officers:link",
        "officers:unit-found",
        to=frozenset({ADMINISTRATOR}),
        fresh=True,
        back="officers:people",
    ),
    **_admitted("officers:tokens", to=frozenset({SUPERVISOR})),
    **_admitted(
        "officers:token-make",
        "officers:token-revoke",
        to=frozenset({SUPERVISOR}),
        fresh=True,
        back="officers:tokens",
    ),
    # Training: trainers.
    **_admitted(
        "officers:training",
        "officers:course-new",
        "officers:session-new",
        "officers:session",
        "officers:session-enrol",
        "officers:session-result",
        to=frozenset({TRAINER}),
    ),
    # The journal: auditors.
    **_admitted("journal:list", "journal:volumes", to=frozenset({AUDITOR})),
    # Leads.
    **_admitted(
        "leads:list",
        "leads:map",
        "leads:lead",
        "leads:purpose",
        "leads:view-save",
        "leads:view-remove",
        "leads:claim",
        "leads:close",
        "leads:note",
        "leads:task",
        "leads:task-done",
        "leads:reveal",
        "leads:exchange",
        "leads:assign",
        "leads:exports",
        "leads:export-ask",
        "deconfliction:check",
        "deconfliction:claims",
        "deconfliction:claim",
        "deconfliction:release",
        "deconfliction:offer",
        "deconfliction:answer",
        to=CASE,
    ),
    **_admitted(
        "leads:export-take",
        to=CASE,
        fresh=True,
        back="leads:exports",
    ),
    **_admitted(
        "leads:export-approve",
        to=frozenset({SUPERVISOR}),
        fresh=True,
        back="leads:exports",
    ),
    **_admitted("leads:assign-many", "leads:unassign", "leads:weights", to=frozenset({SUPERVISOR})),
    **_admitted("leads:give", to=frozenset({Role.COORDINATOR})),
    # Requests and operations. Services ask again for the unit and for whoever leads.
    **_admitted(
        *(f"requests:{name}" for name in REQUEST_PAGES),
        *(f"operations:{name}" for name in OPERATION_PAGES),
        to=CASE,
    ),
    **_admitted("requests:take", to=CASE, fresh=True, back="requests:list"),
    **_admitted("requests:approve", to=frozenset({SUPERVISOR}), fresh=True, back="requests:list"),
    **dict.fromkeys(
        ("operations:stream", "operations:alerts"), Route(Stage.ADMITTED, CASE, unattended=True)
    ),
    **_admitted("operations:answer", to=frozenset({SUPERVISOR, Role.COORDINATOR})),
    **_admitted(
        "operations:invite",
        "operations:hour",
        "operations:limits",
        "operations:end",
        to=frozenset({Role.COORDINATOR}),
    ),
    **_admitted("reports:lead", to=CASE),
    **_admitted("reports:take", to=CASE, fresh=True, back="leads:list"),
    # The API has a door of its own, with the same standing asked (api.py).
    **dict.fromkeys(
        (
            "api:openapi-json",
            "api:leads",
            "api:lead",
            "api:lead-sightings",
            "api:catalogue-statistics",
        ),
        Route(Stage.TOKEN),
    ),
}

"""The one door to operations, targets and outcomes."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from luzeiro.casework.officers.models import Officer, Role
from luzeiro.casework.operations.models import (
    BoardEvent,
    Operation,
    Outcome,
    Participation,
    Target,
)


def operations_of(officer: Officer) -> QuerySet[Operation]:
    """Every operation that the officer may see."""
    return Operation.objects.visible_to(officer).select_related("unit", "proposed_by")


def operation_for(officer: Officer, operation_id: UUID) -> Operation:
    """Give the operation, or 404."""
    return get_object_or_404(operations_of(officer), pk=operation_id)


def takes_part(officer: Officer, operation: Operation) -> bool:
    """Whether the officer's unit leads it or accepted; an invitation alone shows no board."""
    if operation.unit_id == officer.unit_id:
        return True
    joined = Participation.objects.filter(operation=operation, unit=officer.unit, accepted=True)
    return joined.exists()


def board_for(officer: Officer, operation_id: UUID) -> Operation:
    """Give an operation whose board the officer may watch, or 404."""
    accepted = Participation.objects.filter(unit=officer.unit, accepted=True)
    joined = operations_of(officer).filter(pk__in=accepted.values("operation"))
    led = operations_of(officer).filter(unit=officer.unit)
    return get_object_or_404(joined | led, pk=operation_id)


def editions_for(officer: Officer, operation: Operation) -> list[Operation]:
    """Every operation of the same name in which the officer's unit takes part."""
    same = operations_of(officer).filter(name=operation.name).order_by("proposed_at", "id")
    return [one for one in same if takes_part(officer, one)]


def leads_it(officer: Officer, operation: Operation) -> bool:
    """Whether the officer coordinates for the unit that leads it."""
    return operation.unit_id == officer.unit_id and Role.COORDINATOR in officer.roles


def targets_on_board(operation: Operation) -> QuerySet[Target]:
    """Every target, for the board: its code, country and state; a view shows no more of others'."""
    return Target.objects.filter(operation=operation).select_related("unit")


def targets_of(officer: Officer) -> QuerySet[Target]:
    """The targets of the officer's own unit: the rest of an operation is on the board alone."""
    return Target.objects.filter(
        unit=officer.unit, operation__in=operations_of(officer)
    ).select_related("operation", "lead", "unit")


def target_for(officer: Officer, target_id: UUID) -> Target:
    """Give a target of the officer's own unit, or 404."""
    return get_object_or_404(targets_of(officer), pk=target_id)


def outcome_for(officer: Officer, outcome_id: int) -> Outcome:
    """Give an entry about a target of the officer's own unit, or 404."""
    return get_object_or_404(
        Outcome.objects.filter(target__in=targets_of(officer)).select_related("target"),
        pk=outcome_id,
    )


def newest_number(operation: Operation) -> int:
    """The number of the newest event; 0 before the first."""
    return operation.events.order_by("-pk").values_list("pk", flat=True).first() or 0


def events_after(operation_id: UUID, number: int, *, at_most: int) -> list[BoardEvent]:
    """The board's events after a number, in order. The caller came through `board_for`."""
    found = BoardEvent.objects.filter(operation_id=operation_id, pk__gt=number)
    return list(found.select_related("target", "by__unit").order_by("pk")[:at_most])


def invitation_for(officer: Officer, invitation_id: int) -> Participation:
    """Give an invitation to the officer's own unit, or 404."""
    return get_object_or_404(
        Participation.objects.select_related("operation"), pk=invitation_id, unit=officer.unit
    )

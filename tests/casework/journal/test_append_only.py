import pytest
from django.db import DatabaseError, connection, transaction

from luzeiro.casework.journal.append_only import lay


@pytest.mark.django_db  # rolled back: a flush would TRUNCATE, which real append-only tables refuse
def test_a_table_that_was_laid_takes_rows_and_lets_none_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id integer PRIMARY KEY, word varchar(9), sample bool)")
        # Not entered: on SQLite an editor that is wants no transaction round it.
        lay({"kept": "OLD.sample"})(None, connection.SchemaEditorClass(connection))  # type: ignore[arg-type]
        cursor.execute("INSERT INTO kept VALUES (1, 'one', false), (2, 'two', true)")
        for statement in (
            "UPDATE kept SET word = 'other'",
            "DELETE FROM kept WHERE id = 1",
            "DELETE FROM kept",
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("DELETE FROM kept WHERE sample")
        cursor.execute("SELECT id FROM kept")
        assert cursor.fetchall() == [(1,)]

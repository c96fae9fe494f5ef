"""Tables to which rows are only added: the database itself refuses to change or remove one.

Sample rows may be removed, never changed. On SQLite an INSERT OR REPLACE would remove a row without
its delete trigger, so a number that is taken is refused. On PostgreSQL the application's role must
not own the tables where more than this is asked: an owner can drop triggers.
"""

from collections.abc import Callable, Mapping

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def lay(
    tables: Mapping[str, str | None],
) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
    """Give a migration's step that lays the triggers.

    Args:
        tables: a table, and the condition in SQL on which a row of it may be removed, or None.
    """

    def step(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        statements = _postgresql if editor.connection.vendor == "postgresql" else _sqlite
        for table, removable in tables.items():
            for statement in statements(table, removable):
                editor.execute(statement, params=None)

    return step


def _sqlite(table: str, removable: str | None) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    kept = f"WHEN NOT {removable}" if removable else ""
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {kept} {refuse}",
        (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        ),
    ]


def _postgresql(table: str, removable: str | None) -> list[str]:
    kept = f"WHEN (NOT {removable})" if removable else ""
    return [
        (
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        ),
        (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        ),
        (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
            f" FOR EACH ROW {kept} EXECUTE FUNCTION {table}_refuse()"
        ),
        (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        ),
    ]

"""An index on a table in use, without keeping writers out: `AddIndex` or `AddUnique`, in a migration that is
not atomic.

PostgreSQL builds it CONCURRENTLY. SQLite, which has no such thing, builds it at once.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class AddIndex(AddIndexConcurrently):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        add = _own(schema_editor)
        add.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        add = _own(schema_editor)
        add.database_backwards(self, app_label, schema_editor, from_state, to_state)


def _own(schema_editor):
    plain = schema_editor.connection.vendor != "postgresql"
    return migrations.AddIndex if plain else AddIndexConcurrently


def create(name, on):
    """An index on a table of another app, which knows nothing of it."""

    def add(apps, schema_editor):
        how = "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"CREATE INDEX {how} IF NOT EXISTS {name} ON {on}")

    def drop(apps, schema_editor):
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(add, drop)


class AddUnique(migrations.AddConstraint):
    """A unique constraint on a table in use: its index first, CONCURRENTLY; then the constraint adopts it."""

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        quote = schema_editor.quote_name
        table, name = quote(model._meta.db_table), quote(self.constraint.name)
        columns = ", ".join(
            quote(model._meta.get_field(field).column) for field in self.constraint.fields
        )
        # One that an earlier attempt left half built.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        schema_editor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})")
        schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")

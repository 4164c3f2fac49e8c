"""A check on a table in use: `AddCheck` in one migration, `Validate` in the next.

PostgreSQL then looks at the rows that are there without keeping writers out; SQLite, which has no such
thing, looks at all of them at once.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations


class AddCheck(AddConstraintNotValid):
    """For rows that are written from now on."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        plain = schema_editor.connection.vendor != "postgresql"
        add = migrations.AddConstraint if plain else AddConstraintNotValid
        add.database_forwards(self, app_label, schema_editor, from_state, to_state)


class Validate(ValidateConstraint):
    """For those that were there."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Validate(ValidateConstraint):
    """Reads the table beside whoever writes. SQLite has looked at every row already."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0016_constraints_of_appointments"),
    ]

    operations = [
        Validate(model_name='appointment', name='appointment_status_known'),
        Validate(model_name='appointment', name='appointment_only_holds_expire'),
    ]

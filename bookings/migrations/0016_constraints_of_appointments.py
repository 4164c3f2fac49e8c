"""PostgreSQL looks at the rows that are there in the next migration, without keeping writers out."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class AddCheck(AddConstraintNotValid):
    """`NOT VALID` where there is such a thing; SQLite checks all rows at once."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        plain = schema_editor.connection.vendor != "postgresql"
        add = migrations.AddConstraint if plain else AddConstraintNotValid
        add.database_forwards(self, app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0015_free_what_holds_no_time"),
    ]

    operations = [
        AddCheck(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow', 'entered-in-error'])), name='appointment_status_known', violation_error_message='Unknown status.'),
        ),
        AddCheck(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('hold_expires_at__isnull', True), ('status__in', ['pending', 'proposed']), _connector='OR'), name='appointment_only_holds_expire', violation_error_message='Only a time that is held can lapse.'),
        ),
        migrations.AlterConstraint(
            model_name='preferredtime',
            name='preference_rank_once',
            constraint=models.UniqueConstraint(fields=('request', 'rank'), name='preference_rank_once', violation_error_message='There is a choice of that rank already.'),
        ),
        migrations.AlterConstraint(
            model_name='messagetemplate',
            name='wording_once_a_language',
            constraint=models.UniqueConstraint(fields=('kind', 'language'), name='wording_once_a_language', violation_error_message='There are words for this in that language already.'),
        ),
    ]

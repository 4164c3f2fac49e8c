from django.db import migrations

from bookings.migrations._checks import Validate


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0016_constraints_of_appointments"),
    ]

    operations = [
        Validate(model_name='appointment', name='appointment_status_known'),
        Validate(model_name='appointment', name='appointment_only_holds_expire'),
    ]

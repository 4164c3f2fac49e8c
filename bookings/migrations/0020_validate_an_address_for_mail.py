from django.db import migrations

from bookings.migrations._checks import Validate


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0019_an_address_for_mail"),
    ]

    operations = [
        Validate(model_name='consultationrequest', name='request_by_mail_has_address'),
    ]

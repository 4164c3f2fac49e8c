from django.db import migrations, models

from bookings.migrations._checks import AddCheck


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', "0018_phone_whoever_has_no_address"),
    ]

    operations = [
        AddCheck(
            model_name='consultationrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact_by', 'email'), _negated=True), models.Q(('email', ''), _negated=True), ('erased_at__isnull', False), _connector='OR'), name='request_by_mail_has_address', violation_error_message='Enter your e-mail address, or choose “Phone”.'),
        ),
    ]

from django.db import migrations, models

from bookings.migrations._checks import AddCheck


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

"""Calendars that practitioners keep elsewhere, and the closures that are read from them."""

import bookings.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0053_webhooks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='staffnotice',
            name='kind',
            field=models.CharField(choices=[('new', 'New requests'), ('answer', 'Answers and corrections, and offers accepted, refused or lapsed'), ('change', 'Visits that patients cancel, move or want to move'), ('waiting', 'The waiting list'), ('coming', 'Patients who say that they are coming'), ('promise', 'An answer that is due soon'), ('undelivered', 'Messages that did not arrive'), ('attack', 'Somebody may be blocking the diary'), ('absence', 'Practitioners who enter an absence'), ('own_visit', 'My own visits: booked, moved or cancelled'), ('own_calendar', 'Practitioners’ own calendars: visits that clash with them')], max_length=16),
        ),
        migrations.AlterField(
            model_name='staffpreference',
            name='kind',
            field=models.CharField(choices=[('new', 'New requests'), ('answer', 'Answers and corrections, and offers accepted, refused or lapsed'), ('change', 'Visits that patients cancel, move or want to move'), ('waiting', 'The waiting list'), ('coming', 'Patients who say that they are coming'), ('promise', 'An answer that is due soon'), ('undelivered', 'Messages that did not arrive'), ('attack', 'Somebody may be blocking the diary'), ('absence', 'Practitioners who enter an absence'), ('own_visit', 'My own visits: booked, moved or cancelled'), ('own_calendar', 'Practitioners’ own calendars: visits that clash with them')], max_length=16),
        ),
        migrations.CreateModel(
            name='OwnCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, default='', max_length=60, validators=[bookings.validators.validate_one_line], verbose_name='name')),
                ('host', models.CharField(max_length=253)),
                ('sealed', models.TextField()),
                ('mark', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(db_index=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('expanded_at', models.DateTimeField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('zone', models.CharField(blank=True, default='', max_length=64)),
                ('etag', models.CharField(blank=True, default='', max_length=200)),
                ('last_modified', models.CharField(blank=True, default='', max_length=64)),
                ('unreadable', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.CharField(blank=True, choices=[('refused', 'The address is none that this site may ask. Please copy it once more.'), ('unreachable', 'Its server does not answer, or not in time. We keep trying.'), ('gone', 'Its server does not know the address any more. Please copy a new one.'), ('not_now', 'Its server refuses to answer just now. We keep trying.'), ('no_calendar', 'There is no calendar at this address. Is it the one that ends in .ics?'), ('too_much', 'There are too many events in it. Choose a calendar with fewer.'), ('sealed', 'The address was lost when the server’s key changed. Please enter it again.')], default='', max_length=12)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='own_calendars', to='bookings.resource')),
            ],
            options={
                'verbose_name': 'own calendar',
                'verbose_name_plural': 'own calendars',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='dateexception',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='busy', to='bookings.owncalendar'),
        ),
        migrations.AddField(
            model_name='staffnotice',
            name='calendar',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='bookings.owncalendar'),
        ),
        migrations.AddConstraint(
            model_name='owncalendar',
            constraint=models.UniqueConstraint(fields=('resource', 'mark'), name='own_calendar_once_a_person', violation_error_message='This calendar is in the list already.'),
        ),
        migrations.AddConstraint(
            model_name='owncalendar',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failing_since__isnull', True), ('problem', '')), models.Q(('failing_since__isnull', False), models.Q(('problem', ''), _negated=True)), _connector='OR'), name='own_calendar_fails_for_a_reason', violation_error_message='A calendar that fails has a problem.'),
        ),
    ]

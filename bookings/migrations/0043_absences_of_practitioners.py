"""What tells the desk that a practitioner is away. No index: a closure is seldom deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0042_services_of_before'),
    ]

    operations = [
        migrations.AddField(
            model_name='staffnotice',
            name='closure',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='bookings.dateexception'),
        ),
        migrations.AlterField(
            model_name='staffnotice',
            name='kind',
            field=models.CharField(choices=[('new', 'New requests'), ('answer', 'Answers and corrections, and offers accepted, refused or lapsed'), ('change', 'Visits that patients cancel, move or want to move'), ('waiting', 'The waiting list'), ('coming', 'Patients who say that they are coming'), ('promise', 'An answer that is due soon'), ('undelivered', 'Messages that did not arrive'), ('attack', 'Somebody may be blocking the diary'), ('absence', 'Practitioners who enter an absence'), ('own_visit', 'My own visits: booked, moved or cancelled')], max_length=16),
        ),
        migrations.AlterField(
            model_name='staffpreference',
            name='kind',
            field=models.CharField(choices=[('new', 'New requests'), ('answer', 'Answers and corrections, and offers accepted, refused or lapsed'), ('change', 'Visits that patients cancel, move or want to move'), ('waiting', 'The waiting list'), ('coming', 'Patients who say that they are coming'), ('promise', 'An answer that is due soon'), ('undelivered', 'Messages that did not arrive'), ('attack', 'Somebody may be blocking the diary'), ('absence', 'Practitioners who enter an absence'), ('own_visit', 'My own visits: booked, moved or cancelled')], max_length=16),
        ),
    ]

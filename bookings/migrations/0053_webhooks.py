"""Addresses of the clinic's own systems, and what they are told of visits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0052_address_parts'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=500, unique=True, verbose_name='address')),
                ('seed', models.CharField(max_length=64)),
                ('earlier_seed', models.CharField(blank=True, default='', max_length=64)),
                ('earlier_until', models.DateTimeField(blank=True, null=True)),
                ('sends_contact', models.BooleanField(default=False, verbose_name='send names and contact data')),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('paused_because', models.CharField(blank=True, choices=[('owner', 'You paused it.'), ('gone', 'Paused by itself: the address answered that it is gone (410).'), ('failing', 'Paused by itself: it has failed for days.')], default='', max_length=8)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['created_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('paused_at', None), ('paused_because', '')), models.Q(('paused_at__isnull', False), ('paused_because__in', ['owner', 'gone', 'failing'])), _connector='OR'), name='webhook_pause_has_a_reason', violation_error_message='A pause has a reason.')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('visit.booked', 'booked'), ('visit.moved', 'moved'), ('visit.cancelled', 'cancelled'), ('visit.arrived', 'arrived'), ('visit.noshow', 'did not come'), ('webhook.test', 'test')], max_length=16, verbose_name='what')),
                ('key', models.CharField(max_length=80)),
                ('message_id', models.CharField(max_length=40, unique=True)),
                ('body', models.TextField(verbose_name='text')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'delivered'), ('dead', 'given up')], default='waiting', max_length=8, verbose_name='status')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('answer', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, default='', max_length=120)),
                ('due_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(verbose_name='written')),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='webhook_deliveries', to='bookings.consultationrequest')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='bookings.webhookendpoint')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['due_at'], name='webhook_delivery_due'), models.Index(fields=['endpoint', '-created_at'], name='webhook_delivery_newest')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'key'), name='webhook_delivery_once_a_change', violation_error_message='This change is told already.'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'sent', 'dead'])), name='webhook_delivery_status_known', violation_error_message='Unknown status.')],
            },
        ),
    ]

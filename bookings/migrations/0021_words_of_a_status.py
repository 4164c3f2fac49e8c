from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0020_validate_an_address_for_mail'),
    ]

    operations = [
        migrations.AlterField(
            model_name='consultationrequest',
            name='status',
            field=models.CharField(choices=[('unverified', 'e-mail not confirmed'), ('submitted', 'new'), ('in_review', 'in review'), ('info_needed', 'question asked'), ('waitlisted', 'on the waiting list'), ('offered', 'time offered'), ('confirmed', 'confirmed'), ('declined', 'declined'), ('withdrawn', 'cancelled by the patient'), ('expired', 'expired'), ('spam', 'spam')], max_length=12, verbose_name='status'),
        ),
    ]

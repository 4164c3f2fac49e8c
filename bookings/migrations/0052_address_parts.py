"""The parts of an address that directories of clinics ask for."""


import bookings.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0051_texts_as_well'),
    ]

    operations = [
        migrations.AddField(
            model_name='location',
            name='city',
            field=models.CharField(blank=True, db_default='', default='', max_length=60, validators=[bookings.validators.validate_one_line], verbose_name='town or city'),
        ),
        migrations.AddField(
            model_name='location',
            name='postcode',
            field=models.CharField(blank=True, db_default='', default='', max_length=20, validators=[bookings.validators.validate_one_line], verbose_name='postcode'),
        ),
        migrations.AddField(
            model_name='location',
            name='state',
            field=models.CharField(blank=True, db_default='', default='', max_length=60, validators=[bookings.validators.validate_one_line], verbose_name='county or state'),
        ),
    ]

"""Off until the owner switches it on."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0010_name_of_the_site'),
    ]

    operations = [
        migrations.AddField(
            model_name='clinicsettings',
            name='publishes_free_times',
            field=models.BooleanField(db_default=False, default=False, help_text='Directories of clinics may then read the free times of the next four weeks at /fhir/$bulk-publish (SMART Scheduling Links). They name no patient and no practitioner. Only locations with town, county or state, and postcode are listed.', verbose_name='publish free times for directories'),
        ),
    ]

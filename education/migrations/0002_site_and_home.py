"""Give the site its home page, in place of Wagtail's welcome page. Nothing else is made here."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import migrations


def make_home(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    ContentType = apps.get_model("contenttypes", "ContentType")
    HomePage = apps.get_model("education", "HomePage")

    root = Page.objects.get(depth=1)
    kind, _ = ContentType.objects.get_or_create(model="homepage", app_label="education")
    welcome = Page.objects.filter(depth=2).order_by("path").first()
    if welcome:
        Page.objects.filter(pk=welcome.pk).update(slug="welcome-old", url_path="/welcome-old/")
    home = HomePage.objects.create(
        title=settings.WAGTAIL_SITE_NAME,
        draft_title=settings.WAGTAIL_SITE_NAME,
        slug="home",
        content_type=kind,
        path="00010002" if welcome else "00010001",
        depth=2,
        numchild=0,
        url_path="/home/",
        locale=Locale.objects.order_by("pk").first(),
    )
    address = urlsplit(settings.SITE_URL or "http://localhost")
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page": home,
        },
    )
    if welcome and not Page.objects.filter(path__startswith=welcome.path, depth__gt=2).exists():
        Page.objects.filter(pk=welcome.pk).delete()
        root.numchild = 1
    else:
        root.numchild = Page.objects.filter(depth=2).count()
    root.save(update_fields=["numchild"])


class Migration(migrations.Migration):
    dependencies = [("education", "0001_initial"), ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes")]

    operations = [migrations.RunPython(make_home, migrations.RunPython.noop)]

from django.apps import AppConfig
from django.conf import settings


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "Clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import checks, content_version, reporting, rich_text, spreadsheets  # noqa: F401  (registers the system checks)

        content_version.watch()
        spreadsheets.install()
        rich_text.install()
        reporting.start(settings.SENTRY_DSN)

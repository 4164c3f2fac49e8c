from django.apps import AppConfig, apps


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Bookings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if apps.is_installed("anymail"):
            from anymail.signals import tracking

            from bookings.messages import bounces

            tracking.connect(bounces.receive, dispatch_uid="bounces")

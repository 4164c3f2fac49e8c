"""The composition root: every address of the site. Wagtail last, because it takes what is left."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap

from clinic import styleguide, views
from education.sitemap import SITEMAPS

handler400 = "clinic.views.bad_request"
handler500 = "clinic.views.server_error"

# In production the proxy serves them (deploy/nginx.conf): it is quicker, and knows byte ranges.
uploads = (
    []
    if settings.PRODUCTION
    else [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})]
)

# Where a mail provider says what came back (deploy/README.md); only there where it is set up.
bounces = []
if settings.BOUNCE_WEBHOOK_SECRET:
    from anymail.urls import urlpatterns as hooks

    tracking = [hook for hook in hooks if "tracking" in str(hook.pattern)]
    bounces = [path("hooks/mail/", include(tracking))]

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("offline/", views.offline, name="offline"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    *styleguide.urlpatterns,
    path("admin/", include("accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    *uploads,
    # Wagtail's login for visitors, which we have none of: there is one way in.
    path("_util/login/", RedirectView.as_view(pattern_name="wagtailadmin_login")),
    *bounces,
    path("fhir/", include("bookings.public.smart_slots")),
    *i18n_patterns(
        path("", include("bookings.public.urls")),
        path("", include("plans.public.urls")),
        path("", include("education.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

"""The composition root: every address of the site. Wagtail last, because it takes what is left."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap

from clinic import styleguide, views

handler500 = "clinic.views.server_error"

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("offline/", views.offline, name="offline"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sitemap.xml", sitemap, name="sitemap"),
    *styleguide.urlpatterns,
    path("admin/", include(wagtailadmin_urls)),
    path("", include("bookings.public.urls")),
    *(static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT) if settings.DEBUG else []),
    path("", include(wagtail_urls)),
]

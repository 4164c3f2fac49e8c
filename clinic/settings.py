"""The one settings file. Every value that differs between places comes from the environment.

`.env.example` documents each variable. Two modes:

* `CLINIC_MODE=local` (the default): for trying out and developing, answers on this computer only,
  SQLite and mail kept under `var/`.
* `CLINIC_MODE=production`: refuses to start without its secrets, hosts and mail (see `checks.py`).
"""

import os
import re
import secrets
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import available_timezones

from csp.constants import NONE, SELF
from phonenumbers import SUPPORTED_REGIONS

from clinic import bucket, environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = ENVIRONMENT = environment.Environment(os.environ.get("ENV_FILE", str(BASE_DIR / ".env")))

# A misspelt word must not open a real site without its second step and secure cookies.
PRODUCTION = (env.text("CLINIC_MODE") or "local") != "local"
if PRODUCTION:
    env.one_of("CLINIC_MODE", "production", {"production"}, "mode: local or production")
DEBUG = env.flag("DEBUG", default=False) and not PRODUCTION
VAR = env.folder("VAR_DIR", BASE_DIR / "var")
try:
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)  # patients' data: for nobody else to read
except OSError:
    env.problem("VAR_DIR", "is no folder that this account can make")


def local_secret(name: str) -> str:
    """A secret made on first use and kept in `var/`, so that a trial run needs no configuration."""
    path = VAR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = env.text("SECRET_KEY") or ("" if PRODUCTION else local_secret("secret-key"))
if PRODUCTION and not SECRET_KEY:
    # Django cannot run even a system check with an empty key; clinic.E001 then names the problem.
    SECRET_KEY = "missing-" + secrets.token_urlsafe(50)
    SECRET_KEY_MISSING = True
else:
    SECRET_KEY_MISSING = False

ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
PORT = env.whole("PORT", 8000, least=1, most=65535)
SITE_URL = env.text("SITE_URL", "" if PRODUCTION else f"http://localhost:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if "://" in SITE_URL else []
TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", 0)
CLIENT_ADDRESS_HEADER = env.text("CLIENT_ADDRESS_HEADER")

INSTALLED_APPS = [
    # First: Django looks through this list for it at each address of a static file.
    "django.contrib.staticfiles",
    "clinic",
    "education",
    "bookings",
    "plans",
    "accounts",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "crispy_forms",
    "post_office",
    "phonenumber_field",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    # Only for its tables, from which accounts/migrations/0004 takes what people have set up.
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.forms",
]

MIDDLEWARE = [
    # Outermost: they see static files and every error too.
    "clinic.metrics.Metrics",
    "clinic.middleware.RequestLog",
    "clinic.middleware.BrowserPolicies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.middleware.ContentPolicy",
    # Outside of it: the headers that every answer gets. Inside: all that asks who the visitor is.
    "clinic.page_cache.PageCache",
    "clinic.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # After them, and before whatever looks at request.user.
    "accounts.middleware.StaffOnlyOnceVerified",
    "accounts.interrupted.KeepWhatWasTyped",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.middleware.AdminPolicy",
    "clinic.middleware.FriendlyNotAllowed",
    "clinic.middleware.Readable",
    "clinic.middleware.Gone",
    "clinic.middleware.KnownSite",
    "clinic.moved_pages.MovedPages",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.clinic",
                "bookings.public.context_processors.booking",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "clinic.templatetags.dates",
                "clinic.templatetags.icons",
                "clinic.templatetags.cached",
                "clinic.templatetags.extends",
                "clinic.templatetags.json_ld",
                "clinic.templatetags.languages",
                "clinic.templatetags.palettes",
                "clinic.templatetags.phones",
                "clinic.templatetags.translate",
            ],
        },
    },
    {
        # django-post-office renders stored templates through the engine of this name.
        "BACKEND": "post_office.template.backends.post_office.PostOfficeTemplates",
        "APP_DIRS": True,
        "DIRS": [],
        "OPTIONS": {"context_processors": []},
    },
]

# --- database -----------------------------------------------------------------------------------

DATABASES = {
    "default": env.address(
        "DATABASE_URL",
        environment.database,
        f"sqlite:///{VAR / 'clinic.sqlite3'}",
        environment.DATABASE_SCHEMES,
    )
}
# Connections in PostgreSQL's pool, and threads of the web server on either database. See
# docs/decisions/performance.md.
DATABASE_POOL_SIZE = env.whole("DATABASE_POOL_SIZE", 3, least=1, most=100)
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database.setdefault("OPTIONS", {}).update(
        {
            "transaction_mode": "IMMEDIATE",
            # Seconds to wait for another writer: a page that takes long beats one that fails.
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
    )
    _database["CONN_MAX_AGE"] = None
else:
    _database.setdefault("OPTIONS", {}).update(
        {
            "pool": {
                "min_size": 1,
                "max_size": DATABASE_POOL_SIZE,
                "timeout": 5,
                # Give up an attempt soon: the next visitor begins a new one, without the waits of up
                # to 16 seconds between the tries of an old one. Back within seconds after a restart.
                "reconnect_timeout": 2,
            },
            # What is asked a fifth time over one connection is planned for good, and a booking asks
            # the same of every visitor.
            "server_side_binding": True,
            "prepare_threshold": 5,
        }
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- caches -------------------------------------------------------------------------------------

# Sessions, throttles and held times live in the database wherever the site runs. A shared cache is
# needed by two or more computers alone: it tells each at once that pages have changed.
CACHE_URL = env.text("CACHE_URL")
CACHE_SHARED = bool(CACHE_URL)
CACHES = {
    # Each process its own: Wagtail asks it in the middle of a page, which must not fail with
    # another computer.
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": env.address(
        "CACHE_URL", environment.cache, "locmemcache://", environment.CACHE_SCHEMES
    ),
}
if CACHES["shared"]["LOCATION"].startswith("redis"):
    # A page can do without it, and must not wait for it (seconds).
    CACHES["shared"]["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
# Public pages are cached whole (clinic/page_cache.py) until one of these, or a page, changes.
KEEP_PAGES = env.flag("KEEP_PAGES", default=not DEBUG)
SHOWN_ON_PAGES = [
    "accounts.Credentials",
    "auth.User",  # the names of authors and reviewers
    "bookings.DateException",
    "bookings.Location",
    "bookings.MessageTemplate",
    "bookings.Practitioner",
    "bookings.Resource",
    "bookings.AcceptedUnsigned",
    "bookings.SafetyQuestions",
    "bookings.Service",
    "bookings.TravelTime",
    "bookings.WeeklyHours",
    "clinic.ClinicSettings",
    "clinic.ClinicWords",
    "clinic.SignOff",
    "education.Exercise",
    "education.GlossaryTerm",
    "education.Reference",
    "wagtailcore.Locale",
    "wagtailcore.PageViewRestriction",
    "wagtailcore.Site",
    "wagtaildocs.Document",
    "wagtailimages.Image",
]

# --- people -------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["accounts.backends.CountedPasswords"]
# A code from a phone beside the password. Without it everybody may still set one up.
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
# allauth: nobody signs up, and only user names log in. Its own limits are off, because they stand in a
# cache of each process; ours are in the database (accounts/backends.py, accounts/limits.py).
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = 10 * 60  # how long a right password waits for the second step
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1  # half-minutes
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# The library allows any subdomain over HTTPS; accounts/passkeys.py this one address, exactly.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Staff are logged out after so long without doing anything, and after so long whatever they do.
SESSION_IDLE_MINUTES = env.whole("SESSION_IDLE_MINUTES", 60, least=1)
SESSION_HOURS = env.whole("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

# --- language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en-gb", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
USE_I18N = True
USE_TZ = True
# Stored times are UTC; each location shows its own zone. This one serves the admin's own screens.
TIME_ZONE = env.one_of(
    "TIME_ZONE", "Europe/London", available_timezones(), "time zone (Europe/London)"
)
PHONENUMBER_DEFAULT_REGION = env.one_of(
    "PHONE_REGION", "GB", SUPPORTED_REGIONS, "country in two letters of ISO 3166 (GB, not UK)"
)
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.folder("STATIC_ROOT", VAR / "static")
MEDIA_URL = "media/"
MEDIA_ROOT = env.folder("MEDIA_ROOT", VAR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Attachments of mails: never below MEDIA_ROOT, which a web server hands out.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "private"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "clinic.static_addresses.Storage"},
}
WHITENOISE_MANIFEST_STRICT = False
# For two or more computers: uploads and attachments in an S3 bucket, https://s3.example.org/bucket
MEDIA_BUCKET = env.text("MEDIA_BUCKET")
if MEDIA_BUCKET and find_spec("storages"):  # clinic.E012 names the package
    STORAGES |= bucket.storages(MEDIA_BUCKET)

# --- backups ------------------------------------------------------------------------------------

BACKUP_DIR = env.folder("BACKUP_DIR", VAR / "backups")
# An age identity (manage.py backup --new-key); with it, backups are encrypted.
BACKUP_KEY = env.text("BACKUP_KEY")
BACKUPS_KEPT = env.whole("BACKUPS_KEPT", 14, least=1)

# --- mail ---------------------------------------------------------------------------------------

EMAIL_BACKEND = "post_office.EmailBackend"
MAIL_SERVER = env.text("EMAIL_URL")
vars().update(env.address("EMAIL_URL", environment.mail, "", environment.MAIL_SCHEMES))
if MAIL_SERVER:
    EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", "" if PRODUCTION else "Clinic <clinic@example.org>"
)
POST_OFFICE = {
    "BACKENDS": {
        "default": "django.core.mail.backends.smtp.EmailBackend"
        if MAIL_SERVER
        else "django.core.mail.backends.filebased.EmailBackend",
        "sms": "bookings.messages.sms.Backend",
    },
    "DEFAULT_PRIORITY": "medium",
    "BATCH_SIZE": 10,
    "BATCH_DELIVERY_TIMEOUT": 120,
    "THREADS_PER_PROCESS": 1,
    "LOG_LEVEL": 2,
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": env.text("MESSAGE_ID_DOMAIN", "clinic.invalid"),
    "CELERY_ENABLED": False,
    "FILE_STORAGE": "private",
}
# Who is told when a unit of the server fails (manage.py alert).
ALERT_EMAIL = env.text("ALERT_EMAIL")
# Who sends text messages (bookings/messages/sms.py); none are sent without it.
# `bookings.sms.…` is what the module was called before.
SMS_BACKEND = re.sub(r"^bookings\.sms\.", "bookings.messages.sms.", env.text("SMS_BACKEND"))
# A provider's HTTP interface: see `Http` and `Twilio` there.
SMS_HTTP = env.json("SMS_HTTP")
# What the provider charges for one segment, such as £0.04: shown beside each text in the admin.
SMS_PRICE = env.price("SMS_PRICE")
# A mail provider tells through django-anymail what came back (bookings/messages/bounces.py).
# Off without it.
BOUNCE_WEBHOOK_SECRET = env.text("BOUNCE_WEBHOOK_SECRET")
ANYMAIL = {"WEBHOOK_SECRET": BOUNCE_WEBHOOK_SECRET} | env.json("BOUNCE_WEBHOOK_KEYS")
if BOUNCE_WEBHOOK_SECRET:
    INSTALLED_APPS.append("anymail")

# --- addresses that somebody typed (clinic/safe_http.py) ----------------------------------------

OUTGOING_PORTS = env.ports("OUTGOING_PORTS", [443])
# Networks that tests ask on this computer; no environment variable sets it, and production ignores it.
OUTGOING_EXCEPTIONS: list[str] = []
# Practitioners' own calendars (bookings/worker/own_calendars.py).
OWN_CALENDARS = {
    "EVERY_MINUTES": env.whole("OWN_CALENDAR_MINUTES", 10, least=5, most=24 * 60),
    "DAYS_AHEAD": env.whole("OWN_CALENDAR_DAYS", 180, least=7, most=400),
    "TOO_OLD_HOURS": env.whole("OWN_CALENDAR_TOO_OLD_HOURS", 48, least=1),
}

# --- the clinic's own rules ---------------------------------------------------------------------

BOOKINGS = {
    "HOLD_UNVERIFIED_MINUTES": 15,
    "ANSWER_WITHIN_WORKING_HOURS": env.whole("ANSWER_WITHIN_WORKING_HOURS", 8, least=1),
    "OFFER_EXPIRES_HOURS": env.whole("OFFER_EXPIRES_HOURS", 48, least=1),
    "UNVERIFIED_EXPIRES_HOURS": 24,
    "LINK_DAYS": 90,
    "OPEN_HOLDS_PER_CONTACT": 3,
    "OPEN_HOLDS_PER_NETWORK": env.whole("OPEN_HOLDS_PER_NETWORK", 20, least=1),
    # Of the /48 around an IPv6 network, and of all whose address was never confirmed.
    "OPEN_HOLDS_PER_WIDE_NETWORK": env.whole("OPEN_HOLDS_PER_WIDE_NETWORK", 40, least=1),
    "UNPROVEN_HOLDS_A_DAY": env.whole("UNPROVEN_HOLDS_A_DAY", 60),
    "WAITING_WEEKS": 8,
    "UNDO_SECONDS": env.whole("UNDO_SECONDS", 120),
}

# What apps above bookings put beside a request (bookings/beside.py); bookings imports none of them.
BESIDE_REQUESTS = {
    "messages": ["plans.messages.KINDS"],
    "copies": ["plans.privacy.sections"],
    "open": ["plans.permissions.running"],
    "card": ["plans.staff.beside.card"],
    "visit": ["plans.staff.beside.visit"],
    "own_page": ["plans.public.beside.own_page"],
    "own_page_last": ["plans.public.beside.own_page_last"],
}

# Tries and the minutes in which they come back; what is over it is refused, in words. `clinic.throttle`
LIMITS = {
    "login-account": "5/15",  # wrong passwords for one account, from browsers we do not know
    "login-code": "10/150",  # wrong second steps for one account
    "login-network": "30/15",  # wrong passwords from one network address
    "reset-network": "10/60",  # requests for a new password
    "mail": "3/60",  # mails that strangers can have sent to one address
    "start": "60/60",  # consultations begun from one network address
    "ask": "20/60",  # and sent
    "find": "10/60",  # requests for a lost link
    "open": "30/60",  # links that we do not know
    "count": "120/60",  # guides read, and answers to "Was this helpful?", from one network address
}
LIMITS |= env.pairs("LIMITS", set(LIMITS))
# Nobody reads and answers six pages faster than that.
FILL_SECONDS = env.whole("FILL_SECONDS", 10)
# What the worker does by itself: a name, how often, and a function that takes `now` and may be run
# twice (bookings/worker/jobs.py). Of several workers only one does each.
PERIODIC = [
    ("expire", timedelta(seconds=5), "bookings.transitions.expire_due"),
    ("remind", timedelta(minutes=1), "bookings.worker.reminders.remind_due"),
    ("warn-staff", timedelta(minutes=1), "bookings.worker.staff_warnings.warn_due"),
    ("tell-staff", timedelta(seconds=5), "bookings.messages.staff_mail.write_due"),
    ("digest", timedelta(minutes=5), "bookings.messages.daily_digest.send_daily"),
    ("retention", timedelta(hours=1), "bookings.worker.retention.run"),
    ("own-calendars", timedelta(minutes=1), "bookings.worker.own_calendars.read_due"),
    ("search-words", timedelta(hours=1), "bookings.worker.search_words.write_missing"),
    ("publish", timedelta(minutes=1), "education.scheduling.publish_due"),
    ("limits", timedelta(hours=1), "clinic.throttle.sweep"),
    ("statistics", timedelta(days=1), "clinic.statistics.refresh"),
    ("logins", timedelta(hours=1), "accounts.sessions.sweep"),
    ("remind-plans", timedelta(minutes=5), "plans.worker.remind_due"),
    ("end-plans", timedelta(hours=1), "plans.worker.end_due"),
    ("ask-outcomes", timedelta(hours=1), "plans.worker.ask_due"),
    ("retention-plans", timedelta(hours=1), "plans.worker.forget_due"),
    ("forget-feedback", timedelta(days=1), "education.feedback.forget_due"),
    ("interrupted", timedelta(minutes=10), "accounts.interrupted.sweep"),
]

# Who may read /metrics, and what it tells beside the requests: functions of `now` that return numbers.
METRICS_TOKEN = env.text("METRICS_TOKEN")
GAUGES = ["bookings.worker.gauges.gauges"]

# What the other apps show in the styleguide: blocks as wagtail binds them, mails by their kind.
STYLEGUIDE = {
    "blocks": ["education.previews.all_blocks"],
    "mails": ["bookings.messages.previews.mails", "accounts.specimens.mails"],
}

# Days after which what is kept goes by itself; bookings/worker/retention.py says from when they count.
RETENTION = {
    "UNANSWERED_DAYS": env.whole("KEEP_UNANSWERED_DAYS", 90, least=1),
    "CLOSED_DAYS": env.whole("KEEP_CLOSED_DAYS", 365, least=1),
    "MESSAGE_DAYS": env.whole("KEEP_MESSAGES_DAYS", 30, least=1),
    "LOG_DAYS": env.whole("KEEP_LOGS_DAYS", 30, least=1),
    "WEBHOOK_DAYS": env.whole("KEEP_WEBHOOKS_DAYS", 30, least=1),
    "FEEDBACK_DAYS": env.whole("KEEP_FEEDBACK_DAYS", 365, least=1),  # education/feedback.py
    # plans/worker.py
    "PLAN_DAYS": env.whole("KEEP_PLANS_DAYS", 180, least=1),
    "OUTCOME_DAYS": env.whole("KEEP_OUTCOMES_DAYS", 365, least=1),
}

# --- Wagtail ------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = env.text("CLINIC_NAME", "Hip & Spine Clinic")
WAGTAILADMIN_BASE_URL = SITE_URL or "https://clinic.invalid"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_AUTOSAVE_INTERVAL = 5000
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILDOCS_EXTENSIONS = ["pdf", "mp4", "webm", "vtt"]
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_IMAGE_FORM_BASE = "clinic.pictures.PictureForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TASKS = {"default": {"BACKEND": "clinic.tasks.Backend"}}  # those of Wagtail
WAGTAIL_I18N_ENABLED = True
WAGTAILREDIRECTS_AUTO_CREATE = False  # clinic.moved_pages makes them
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
# Names of this computer that no browser knows are left out.
WAGTAIL_USER_TIME_ZONES = sorted(z for z in available_timezones() if "/" in z or z == "UTC")
# One's own password and address are changed on pages of ours, which ask for the password first.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "wagtailadmin_login"

CRISPY_ALLOWED_TEMPLATE_PACKS = "clinic_forms"
CRISPY_TEMPLATE_PACK = "clinic_forms"

# --- security -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": [],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *([bucket.origin(MEDIA_BUCKET)] if MEDIA_BUCKET else [])],
        "media-src": [SELF, *([bucket.origin(MEDIA_BUCKET)] if MEDIA_BUCKET else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Before the names of patients' cookies.
COOKIE_PREFIX = ""
CSRF_COOKIE_AGE = None  # it ends with the visit, as the privacy page says
CSRF_FAILURE_VIEW = "accounts.interrupted.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
HTTPS_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
HSTS_SECONDS = env.whole("SECURE_HSTS_SECONDS", 31_536_000)
# Both bind the whole domain, and the second for years: only somebody who runs all of it may choose.
HSTS_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", default=False)
if PRODUCTION:
    # Last: what it adds is cached with the page.
    MIDDLEWARE.append("bookings.public.noindex.NoIndex")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take cookies of these names over HTTPS alone, and from no neighbouring host: none can
    # lay a draft of its own under what somebody fills in, and read it there.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    COOKIE_PREFIX = "__Host-"
    SECURE_SSL_REDIRECT = HTTPS_REDIRECT
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = HSTS_SECONDS
    SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = HSTS_SUBDOMAINS, HSTS_PRELOAD
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs: ids only -----------------------------------------------------------------------------

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "clinic.logs.Line"},
        "json": {"()": "clinic.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.one_of(
                "LOG_FORMAT", "json" if PRODUCTION else "line", {"json", "line"}, "line or json"
            ),
        }
    },
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", "WARNING", LEVELS, "level")},
    "loggers": {
        "accounts": {"level": "INFO"},
        "bookings": {"level": "INFO"},
        "plans": {"level": "INFO"},
        "clinic": {"level": "INFO"},
        # One line a request.
        "clinic.requests": {
            "level": env.one_of(
                "REQUEST_LOG_LEVEL", "INFO" if PRODUCTION else "WARNING", LEVELS, "level"
            )
        },
        # Django's own handler would mail whole requests, local variables included.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
# Where errors are reported, if anywhere: see docs/security.md. Off.
SENTRY_DSN = env.text("SENTRY_DSN")

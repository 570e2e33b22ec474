"""The product's settings on the servers of this run: cheap passwords, static files uncollected."""

from tests import environment  # noqa: F401  (first: it says where the servers are)

# isort: split

from ecmo.settings import *  # noqa: F403
from ecmo.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True

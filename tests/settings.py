"""The product's settings on the servers of this run, with cheap passwords."""

from tests import environment  # noqa: F401  (first: it says where the servers are)

# isort: split

from ecmo.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

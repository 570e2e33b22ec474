"""What the web server calls."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecmo.settings")
application = get_wsgi_application()

# What start-up left behind lives as long as the process: the collector need not walk it again. A
# request makes some 100,000 objects that die by themselves: looking every 700 of them is wasted.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

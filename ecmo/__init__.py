"""The project package: puts the apps together. Nothing imports it."""

from ecmo.celery import app as celery_app

__all__ = ["celery_app"]

from django.urls import path

from staffing import views

app_name = "staffing"
urlpatterns = [
    path("", views.roster, name="roster"),
    path("<uuid:unit_id>/shifts/new/", views.shift_create, name="shift-create"),
    path("<uuid:unit_id>/publish/", views.shifts_publish, name="shifts-publish"),
    path("shifts/<uuid:shift_id>/cancel/", views.shift_cancel, name="shift-cancel"),
]

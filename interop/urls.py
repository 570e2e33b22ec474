from django.urls import path

from interop import views

app_name = "interop"
urlpatterns = [
    path("laboratory/", views.message_list, name="message-list"),
    path("laboratory/<uuid:public_id>/", views.message_detail, name="message-detail"),
    path("laboratory/<uuid:public_id>/match/", views.message_match, name="message-match"),
    path("laboratory/<uuid:public_id>/merge/", views.message_merge, name="message-merge"),
    path("laboratory/<uuid:public_id>/set-aside/", views.message_set_aside, name="message-aside"),
    path("laboratory/values/<uuid:public_id>/", views.value_resolve, name="value-resolve"),
]

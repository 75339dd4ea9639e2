"""Addresses of triage, on the staff door only."""

from __future__ import annotations

from django.urls import path

from clearcount_web.triage import views

app_name = "triage"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("unlock", views.unlock, name="unlock"),
    path("lock", views.lock, name="lock"),
    path("take", views.enter, name="enter"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/outcome", views.close, name="close"),
    path("<str:reference>/record", views.record_here, name="record"),
    path("<str:reference>/hold", views.hold, name="hold"),
    path("<str:reference>/carry-on", views.carry_on, name="carry-on"),
    path("<str:reference>/reply", views.reply, name="reply"),
    path("<str:reference>/copy", views.person_export, name="person-export"),
]

"""Addresses of triage, on the staff door only."""

from __future__ import annotations

from django.urls import path

from clearcount_web.triage import beside_views, shift_views, views

app_name = "triage"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("unlock", views.unlock, name="unlock"),
    path("lock", views.lock, name="lock"),
    path("take", views.enter, name="enter"),
    path("rows", views.rows, name="rows"),
    path("find", shift_views.find, name="find"),
    path("hand-over", shift_views.hand_over, name="hand-over"),
    path("statistics", shift_views.show_statistics, name="statistics"),
    path("statistics.csv", shift_views.statistics_file, name="statistics-file"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/outcome", views.close, name="close"),
    path("<str:reference>/record", views.record_here, name="record"),
    path("<str:reference>/hold", views.hold, name="hold"),
    path("<str:reference>/carry-on", views.carry_on, name="carry-on"),
    path("<str:reference>/reply", views.reply, name="reply"),
    path("<str:reference>/note", beside_views.note, name="note"),
    path("<str:reference>/note/<int:number>/done", beside_views.note_done, name="note-done"),
    path("<str:reference>/link", beside_views.link, name="link"),
    path("<str:reference>/unlink", beside_views.unlink, name="unlink"),
    path("<str:reference>/copy", views.person_export, name="person-export"),
]

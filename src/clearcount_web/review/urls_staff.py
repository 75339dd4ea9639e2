"""Addresses of the reading room, on the staff door only."""

from __future__ import annotations

from django.urls import path

from clearcount_web.review import views, views_reading

app_name = "review"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new", views.open_new, name="new"),
    path("keys", views.keys, name="keys"),
    path("<int:round_id>/", views.detail, name="detail"),
    path("<int:round_id>/terms", views.terms, name="terms"),
    path("<int:round_id>/terms/<int:term_id>", views.examples, name="examples"),
    path("<int:round_id>/close", views.close, name="close"),
    path("<int:round_id>/read", views_reading.read, name="read"),
    path("<int:round_id>/take", views_reading.take, name="take"),
    path("<int:round_id>/ahead", views_reading.ahead, name="ahead"),
    path("<int:round_id>/decide", views_reading.decide, name="decide"),
    path("<int:round_id>/undo", views_reading.undo, name="undo"),
    path("<int:round_id>/near/<int:card_id>", views_reading.near, name="near"),
    path("<int:round_id>/applied", views_reading.applied, name="applied"),
    path("<int:round_id>/leave", views_reading.leave, name="leave"),
]

"""Addresses of casework. A case is named by its number, never by a word of it."""

from __future__ import annotations

from django.urls import path

from clearcount_web.cases import views, views_bundle, views_found, views_plan, views_runs, views_tasks

app_name = "cases"
urlpatterns = [
    path("", views.index, name="index"),
    path("backlog/", views.backlog, name="backlog"),
    path("due-days.ics", views.due_days, name="due-days"),
    path("quarterly.csv", views.quarterly, name="quarterly"),
    path("new/", views.new, name="new"),
    path("new/form/<str:reference>/", views.take, name="take"),
    path("new/mail/", views_plan.mail, name="mail"),
    path("asked/", views_tasks.tasks, name="tasks"),
    path("asked/<int:task_id>/", views_tasks.task, name="task"),
    path("<int:case_id>/bundle", views_bundle.bundle, name="bundle"),
    path("<int:case_id>/letter/", views_plan.letter, name="letter"),
    path("<int:case_id>/plan/", views_plan.plan, name="plan"),
    path("<int:case_id>/plan/accept", views_plan.accept, name="accept"),
    path("<int:case_id>/similar/", views_plan.similar, name="similar"),
    path("<int:case_id>/counts/", views_runs.counts, name="counts"),
    path("<int:case_id>/counts/choose", views_runs.choose, name="choose"),
    path("<int:case_id>/counts/<int:number>/", views_runs.one, name="count"),
    path("<int:case_id>/counts/<int:number>/hits/", views_found.hits, name="hits"),
    path("<int:case_id>/counts/<int:number>/rules/", views_found.rules, name="rules"),
    path("<int:case_id>/", views.case, name="case"),
    path("<int:case_id>/applicant/", views.applicant, name="applicant"),
    path("<int:case_id>/letters/<int:number>/", views.letter, name="written"),
    path("<int:case_id>/do/<str:act>/", views.act, name="act"),
]

"""Background work: telling staff of what came in, and deleting what the privacy notice says is no longer kept."""

from __future__ import annotations

from django.utils import timezone

from clearcount_web.correspondence.alerts import tell
from clearcount_web.jobs.registry import Run, task
from clearcount_web.requesting.actions import purge as purge_requests
from clearcount_web.site.actions import delete_expired


@task("purge-correspondence", every=24 * 60 * 60)
def purge(run: Run) -> None:
    """Delete expired feedback, complaints, page counts and requests that are a case by now."""
    delete_expired(today=timezone.localdate())
    purge_requests(now=timezone.now())


@task("tell-of-correspondence", every=300)
def tell_of_correspondence(run: Run) -> None:
    """Tell staff of requests and complaints that came in."""
    tell(now=timezone.now())

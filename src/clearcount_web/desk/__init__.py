"""The start page of staff, and the administrator's view of the audit and of background work."""

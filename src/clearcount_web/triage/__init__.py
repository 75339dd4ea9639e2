"""Triage of reports, on the staff door: opened with an unlocked key, read under audit, closed with an outcome."""

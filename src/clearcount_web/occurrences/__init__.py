"""The lean record system: occurrences with their offences, log entries, markers and people, and their export."""

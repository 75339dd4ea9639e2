"""The record of who did what: appended to, chained by keyed hashes, never edited.

`from clearcount_web.audit.actions import record`, and call it inside the transaction of the act.
"""

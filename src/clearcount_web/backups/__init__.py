"""Backup, restore and rehearsal: databases, record store with its ledger, keys, and the files of the force."""

"""Disclosure control: what a reader can work out of published tables, and what to hide so that they cannot."""

from clearcount.disclosure.auditor import AuditResult, audit
from clearcount.disclosure.control import Controlled, control
from clearcount.disclosure.policy import Policy
from clearcount.disclosure.protection import Protection, protect
from clearcount.disclosure.statements import control_statement

__all__ = ["AuditResult", "Controlled", "Policy", "Protection", "audit", "control", "control_statement", "protect"]

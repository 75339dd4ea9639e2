"""The reference page of the settings, made from their declarations."""

from __future__ import annotations

from clearcount_web.platform.declared import DECLARED
from clearcount_web.platform.environment import BOTH

_HEAD = """# Settings of the web service

Made from the code by `clearcount manage settings`; a test compares this page with the code. Settings are environment
variables. A door that starts with one missing or unreadable names all of them at once and ends with exit code 2. No
message or log line shows a value.

Give each door only its own: `clearcount serve` passes to the public process none of the settings marked "staff".
A setting marked "secret" belongs in the service manager's credentials or a file only the service may read.

| setting | door | default | what it is |
|---|---|---|---|
"""


def as_markdown() -> str:
    """Return the page: one row for each setting."""
    rows = []
    for setting in DECLARED.values():
        door = "both" if setting.doors == BOTH else setting.doors[0]
        default = "must be given" if setting.default is None else f"`{setting.default}`" if setting.default else "empty"
        secret = " (secret)" if setting.secret else ""
        hint = setting.hint.replace("|", "\\|")
        rows.append(f"| `{setting.name}` | {door} | {default} | {hint}{secret} |")
    return _HEAD + "\n".join(rows) + "\n"

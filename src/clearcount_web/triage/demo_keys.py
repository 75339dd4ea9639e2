"""The report keys of the demo. Their passphrases are known to everybody, which is why the demo stays on loopback."""

from __future__ import annotations

from pathlib import Path

from clearcount_web.triage import keyring

PASSPHRASES = {"duty": "nine-slow-herons-wading", "recovery": "four-paper-boats-drying"}


def settings_with_keys(folder: Path) -> dict[str, str]:
    """Make the keys in `folder` when they are not there yet; gives the settings that name them."""
    if not (folder / "public.json").exists():
        keyring.make(folder, PASSPHRASES)
    return {
        "CLEARCOUNT_REPORT_KEYS_FILE": str(folder / "public.json"),
        "CLEARCOUNT_DUTY_KEY_FILE": str(folder / "duty.key"),
        "CLEARCOUNT_REPORT_WATCHED": "This is a demo. Nobody reads what is sent here; do not report anything real.",
    }

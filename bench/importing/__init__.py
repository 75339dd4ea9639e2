"""How fast an export becomes a snapshot, and how little of it a narrow question reads."""

"""Makes the zip from which clearcount installs without an index: python -m tools.bundle."""

"""The disclosure log: published releases, the only counts that the public side can read."""

"""What every public page shares: the way out, the cookie choice, feedback, and the pages that must exist."""

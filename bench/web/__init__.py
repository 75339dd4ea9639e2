"""The web service under load, on this machine's loopback only."""

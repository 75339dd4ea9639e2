"""How soon a command starts: CPU seconds of each beside a bare Python and a bare DuckDB in the same run."""

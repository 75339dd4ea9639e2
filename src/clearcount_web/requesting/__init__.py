"""The form for a Freedom of Information request; it fills an inbox that staff turn into cases."""

"""How close a scan for terms comes to the speed of reading the data."""

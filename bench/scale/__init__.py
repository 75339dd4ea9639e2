"""What a count costs on one machine, on Spark and on Sail, as the entries grow."""

"""One reader for each kind of file in which answers are published; each gives a `Page`."""

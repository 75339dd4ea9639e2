"""The reading room: hits read one at a time, blind where they are read twice, into the decisions of the library."""

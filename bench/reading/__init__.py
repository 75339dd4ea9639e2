"""Reading: the ranker's saving, the hints' F1 and the coverage of the missed-records bound."""

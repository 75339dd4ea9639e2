"""Background work: a queue in the staff database, one worker at a time, progress, cancelling and one retry."""

"""What every room of the web service stands on: declared settings, the two databases, which rooms there are."""

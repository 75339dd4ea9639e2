"""What a whole request costs beside the matcher's own scan of the same entries."""

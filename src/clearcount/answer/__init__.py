"""What an answer says of itself: what was counted and what could not be, and the doubts that follow."""

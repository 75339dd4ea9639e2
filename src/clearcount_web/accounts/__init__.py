"""Staff: who they are, how they sign in, what their roles let them do."""

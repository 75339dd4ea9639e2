"""Staff pages for what visitors send through the fixed pages: data-protection complaints and feedback."""

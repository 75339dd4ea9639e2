"""Advice for the public: Markdown content with an owner, a date and sources, and the services it names."""

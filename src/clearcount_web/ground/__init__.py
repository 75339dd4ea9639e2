"""What every page stands on: base templates, form renderer, stylesheet, headers, limits, logs and error pages."""

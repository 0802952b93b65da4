"""How evidence is read, compared and explained; the judge's tools, none of which runs code."""

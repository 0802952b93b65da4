"""One source, two languages: what is translated of a notebook, the catalogs, and the way back."""

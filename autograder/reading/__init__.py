"""All answers to one written question on one page, in the formgrader's server."""

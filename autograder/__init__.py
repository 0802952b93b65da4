"""The grading engine under nbgrader: ingest, prepare, execute, judge, record."""

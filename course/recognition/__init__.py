"""Whose cell is which: a student's notebook recognised, and laid over the instructor's."""

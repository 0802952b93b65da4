"""What a week is judged against: the instructor's notebook, executed, and its known mistakes."""

"""When weeks are due, for whom later, and what lateness costs."""

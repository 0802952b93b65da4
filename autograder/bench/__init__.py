"""`autograder bench`: our grader and its peers, side by side, on the same solutions in one run."""

"""The instructor's desk: scores and feedback back to the LMS, and disputes answered."""

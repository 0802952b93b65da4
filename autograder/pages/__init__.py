"""What people read: feedback, report, the judged notebook, and the safe markup under them."""

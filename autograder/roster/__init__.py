"""Who is in the class: the lists that LMSs give, compared with the gradebook."""

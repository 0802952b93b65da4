"""Run a student's kernel where it can do no harm: see `provisioner` (cold) and `warm`."""

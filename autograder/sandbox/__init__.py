"""Kernels that can do no harm: bubblewrap behind a jupyter_client kernel provisioner."""

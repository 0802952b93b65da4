"""The students' commands: kernels, doctor, check, submit, data."""

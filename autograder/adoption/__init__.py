"""From classic nbgrader checks to probes: read asserts, write probes, try both on faults."""

"""What a class's results tell an instructor: probes, unnamed mistakes, likeness, trends."""

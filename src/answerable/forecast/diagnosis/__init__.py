"""What the data look like before anything is fitted to them: repeats, echoes, concentration, stability, breaks."""

"""Public confidence: what a survey can see, an index with published weights, small areas, and what may be published."""

"""What a dermatologist does in a case: read, grade, draw, note, answer, refer."""

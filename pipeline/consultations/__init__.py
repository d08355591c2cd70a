"""Questions to dermatologists: asking, the queue, the clock, and the door to a person's case."""

"""Statistics of groups of people: made, protected, asked."""

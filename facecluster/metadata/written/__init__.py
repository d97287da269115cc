"""Names of people written where other programs find them."""

"""Names of people that other programs wrote into photos and beside them."""

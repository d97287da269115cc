"""From folders and files to labelled pictures of one size, split and paired. Loads no torch."""

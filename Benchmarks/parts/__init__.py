"""One file for each part of the figures; each has `run(bench)`."""

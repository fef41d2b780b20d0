"""Reports: what the people behind the assistant read."""

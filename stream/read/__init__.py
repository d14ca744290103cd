"""Raters, queues, vendors and findings as Arrow tables: behind `raterwatch.read`."""

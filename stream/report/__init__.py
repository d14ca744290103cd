"""The backtest's report: what a run found, held against what is true where that is known."""

"""The two stages of a shard: decoder, caches and pure kernels put together, for the worker and the backtest alike."""

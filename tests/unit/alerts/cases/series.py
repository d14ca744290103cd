"""What two workers export, as promtool writes it."""

W1, W2 = 'job="raterwatch",instance="w1"', 'job="raterwatch",instance="w2"'
UP = {f"up{{{W1}}}": "1x200", f"up{{{W2}}}": "1x200"}
OLD = {f"process_start_time_seconds{{{w}}}": "0x900" for w in (W1, W2)}


def topic(name: str) -> dict[str, str]:
    return {"topic": name}


def lag(name: str, values: str, partition: int = 0, worker: str = W1) -> dict[str, str]:
    return {f'raterwatch_lag_records{{topic="{name}",partition="{partition}",{worker}}}': values}


def counter(name: str, values: str, labels: str, worker: str = W1) -> dict[str, str]:
    return {f"raterwatch_{name}_total{{{labels},{worker}}}": values}

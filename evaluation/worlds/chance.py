"""Chance without a state: a draw is a hash of the key of its world, of what it is for, and of a running index.

Whoever asks twice gets the same answer, so nothing about an item needs to be kept and no order of asking matters. The
hash is the finalizer of splitmix64 (Steele, Lea and Flood, 2014), applied twice.
"""

import math

import numpy as np

from evaluation.worlds.compiled import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xD1342543DE82EF95)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53
# Purposes up to this one may be asked for; a normal takes its second uniform from beyond.
_SECOND_UNIFORM = 1 << 20


@compiled
def uniform(key: int, purpose: int, index: int) -> float:
    """A number in [0, 1), always the same for the same three arguments."""
    bits = _scatter(_scatter(np.uint64(key) + np.uint64(index) * _GOLDEN) + np.uint64(purpose) * _ODD)
    return float(bits >> _S11) * _UNIT


@compiled
def normal(key: int, purpose: int, index: int) -> float:
    """A standard normal number, by Box and Muller's transformation."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(key, purpose, index)))
    return radius * math.cos(2.0 * math.pi * uniform(key, purpose + _SECOND_UNIFORM, index))


@compiled
def exponential(key: int, purpose: int, index: int) -> float:
    """A waiting time of mean 1."""
    return -math.log(1.0 - uniform(key, purpose, index))


@compiled
def below(key: int, purpose: int, index: int, bound: int) -> int:
    """A whole number in [0, bound), for bounds far below 2**53."""
    return int(uniform(key, purpose, index) * bound)


@compiled
def _scatter(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> _S30)) * _FIRST
    x = (x ^ (x >> _S27)) * _SECOND
    return x ^ (x >> _S31)

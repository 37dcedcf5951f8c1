"""A billing run of many contracts on the embedded cloud: times, memory, units, cost, and every figure checked."""

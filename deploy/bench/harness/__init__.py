"""Measures Funes against Kafka; the parts of `compare`."""

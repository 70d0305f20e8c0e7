package dev.funes.client;

/** The name under which a producer counts its batches, handed out by the cluster. */
record ProducerIdentity(long producerId, short epoch) {}

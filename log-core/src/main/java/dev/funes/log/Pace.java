package dev.funes.log;

/** Slows work down that must not get in the way of other work. */
@FunctionalInterface
public interface Pace {
  /** As fast as it goes. */
  Pace UNLIMITED = bytes -> {};

  /** So much was read or written; returns when it is time to go on. */
  void spent(long bytes) throws InterruptedException;
}

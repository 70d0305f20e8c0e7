package dev.funes.log;

/** A question about a log cannot be answered from it, because it is damaged where the answer is. */
public final class DamagedLogException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Damage damage;

  DamagedLogException(Damage damage) {
    super(damage.toString());
    this.damage = damage;
  }

  public Damage damage() {
    return damage;
  }
}

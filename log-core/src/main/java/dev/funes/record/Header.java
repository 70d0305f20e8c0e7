package dev.funes.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A name and a value that travel with a record. Names may repeat; their order is kept.
 *
 * <p>The value is not copied: whoever holds a header must not change the array. Equality is by
 * content.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes without a copy; equality is written out below
public record Header(String name, byte @Nullable [] value) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Header(String otherName, byte @Nullable [] otherValue)
        && name.equals(otherName)
        && Arrays.equals(value, otherValue);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "Header[" + name + ", " + (value == null ? "null" : value.length + " bytes") + "]";
  }
}

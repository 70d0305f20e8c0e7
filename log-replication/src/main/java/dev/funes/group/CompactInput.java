package dev.funes.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link CompactOutput} wrote; throws IllegalArgumentException for anything else. */
final class CompactInput {
  private static final int BITS_MAX = 63;

  private final ByteBuffer in;
  private final List<String> texts = new ArrayList<>();

  CompactInput(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  long number() {
    long number = 0;
    for (int shift = 0; shift <= BITS_MAX; shift += 7) {
      need(1);
      byte next = in.get();
      number |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number has more than 64 bits at " + in.position());
  }

  /** A number from 0 to the greatest. */
  int range(int greatest) {
    long number = number();
    if (number < 0 || number > greatest) {
      throw new IllegalArgumentException("expected 0 to " + greatest + ", was " + number);
    }
    return (int) number;
  }

  /** A count of things that take at least {@code bytesEach}; so a wild count allocates nothing. */
  int count(int bytesEach) {
    return range(in.remaining() / bytesEach);
  }

  String text() {
    int known = range(texts.size());
    if (known > 0) {
      return texts.get(known - 1);
    }
    int length = range(in.remaining());
    need(length);
    ByteBuffer utf8 = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      String text = UTF_8.newDecoder().decode(utf8).toString();
      texts.add(text);
      return text;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text is not UTF-8", e);
    }
  }

  void end() {
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(in.remaining() + " bytes too many");
    }
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw new IllegalArgumentException(
          "expected " + bytes + " bytes at " + in.position() + ", had " + in.remaining());
    }
  }
}

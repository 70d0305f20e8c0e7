import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;

/// Prints the orders of a small shop as OrderPlaced events, one a line: customer, tab, JSON.
///
/// Usage: `java Orders.java COUNT SEED PER_SECOND`. The same seed gives the same orders; the order ids
/// rise by one from o-0000001, and so do the times at which they were placed.
static final String[] ARTICLES = {
  "atlas", "compass", "hourglass", "inkwell", "lantern", "ledger", "mirror", "quill", "sextant"
};
static final String[] CITIES = {
  "Adelaide", "Buenos Aires", "Fray Bentos", "Geneva", "Montevideo", "Salto", "São Paulo"
};
static final Instant OPENING = Instant.parse("2026-01-05T08:00:00Z");

void main(String[] args) throws InterruptedException {
  int count = Integer.parseInt(args[0]);
  var random = new Random(Long.parseLong(args[1]));
  int perSecond = Integer.parseInt(args[2]);

  var out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
  long startNanos = System.nanoTime();
  long placedMillis = OPENING.toEpochMilli();
  for (int i = 1; i <= count; i++) {
    placedMillis += 1 + random.nextInt(4_000);
    out.print(order(i, Instant.ofEpochMilli(placedMillis), random));
    // In gulps of a 50th of a second, so that the rate is kept without a system call an order.
    if (i % Math.max(1, perSecond / 50) == 0) {
      out.flush();
      long aheadMillis = i * 1_000L / perSecond - (System.nanoTime() - startNanos) / 1_000_000;
      if (aheadMillis > 0) {
        Thread.sleep(aheadMillis);
      }
    }
  }
  out.flush();
}

static String order(int number, Instant placed, Random random) {
  var customer = "c-%04d".formatted(random.nextInt(1_000));
  var items = new StringBuilder();
  long totalCents = 0;
  for (int i = 1 + random.nextInt(3); i > 0; i--) {
    int quantity = 1 + random.nextInt(5);
    int priceCents = 100 + random.nextInt(9_900);
    totalCents += (long) quantity * priceCents;
    items.append(items.isEmpty() ? "" : ",");
    items.append("{\"article\":\"%s\",\"quantity\":%d,\"priceCents\":%d}"
        .formatted(pick(ARTICLES, random), quantity, priceCents));
  }
  return String.format(
      Locale.ROOT,
      "%s\t{\"type\":\"OrderPlaced\",\"orderId\":\"o-%07d\",\"customer\":\"%s\",\"placedAt\":\"%s\","
          + "\"shipTo\":\"%s\",\"items\":[%s],\"totalCents\":%d,\"currency\":\"EUR\"}\n",
      customer, number, customer, placed, pick(CITIES, random), items, totalCents);
}

static String pick(String[] from, Random random) {
  return from[random.nextInt(from.length)];
}

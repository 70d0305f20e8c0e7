package org.apache.ratis.server.raftlog.segmented;

import java.nio.file.OpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ways to open a file that the JDK has beside the standard ones. */
final class JdkOptions {

  private static final Logger LOG = LoggerFactory.getLogger(JdkOptions.class);

  private JdkOptions() {}

  /** Null when the JDK has no such option. */
  static @Nullable OpenOption named(String type, String name) {
    try {
      return Stream.of(Class.forName(type).getEnumConstants())
          .filter(option -> option.toString().equals(name))
          .map(OpenOption.class::cast)
          .findFirst()
          .orElse(null);
    } catch (ClassNotFoundException e) {
      LOG.info("this JDK has no {}", type, e);
      return null;
    }
  }
}

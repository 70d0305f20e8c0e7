package dev.funes.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares the blocks of Java on a page of the documentation with code that is compiled. */
final class DocumentedCode {
  private static final Path PAGES = Path.of("../docs");
  private static final Path SOURCES = Path.of("src/test/java/dev/funes/client");
  private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  private DocumentedCode() {}

  /** Every block of the page stands in the source of the class, but for white space. */
  static void assertCompiled(String page, Class<?> examples) throws IOException {
    String source =
        withoutSpace(Files.readString(SOURCES.resolve(examples.getSimpleName() + ".java")));
    Matcher blocks = BLOCK.matcher(Files.readString(PAGES.resolve(page)));
    int count = 0;
    while (blocks.find()) {
      count++;
      assertThat(source)
          .as("example %d of %s", count, page)
          .contains(withoutSpace(blocks.group(1)));
    }
    assertThat(count).isGreaterThan(1);
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s+", "");
  }
}

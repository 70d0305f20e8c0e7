package org.apache.ratis.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the replaced classes to what they replace. Who raises the version of Ratis must look at the
 * original classes, decide whether ours are still right and still needed, and then write the new
 * version and digests here.
 */
class ReplacedClassesTest {

  private static final String RATIS_VERSION = "3.3.0";

  private static final String ORIGINAL_CRC_SHA256 =
      "4f47f1fc72374ca10818a2c78ff0628354845c48c5168a63445c9cd660ffccbf";
  private static final String ORIGINAL_FILE_SHA256 =
      "c89e04d9d5e989e6ebeda0ebb1769585dc9f6d8c954382752a7f2afd04a27077";
  private static final String ORIGINAL_AWAIT_SHA256 =
      "2023cddf3c703027d05e6f7c034b73a871a838c51b58d0c5ae09cb46901f4884";

  private static final List<Class<?>> REPLACED =
      List.of(PureJavaCrc32C.class, AtomicFileOutputStream.class, AwaitToRun.class);

  /** The build unpacks the original classes here, outside of every class path. */
  private static final Path ORIGINALS = Path.of("target", "replaced-classes");

  @Test
  void wasLookedAtForThisVersionOfRatis() throws IOException {
    Properties version = new Properties();
    try (InputStream in = resource("ratis-version.properties").openStream()) {
      version.load(in);
    }

    assertThat(version.getProperty("version")).isEqualTo(RATIS_VERSION);
  }

  @Test
  void replacesTheVeryClassesThatWereLookedAt() throws Exception {
    assertThat(sha256(original("PureJavaCrc32C"))).isEqualTo(ORIGINAL_CRC_SHA256);
    assertThat(sha256(original("AtomicFileOutputStream"))).isEqualTo(ORIGINAL_FILE_SHA256);
    assertThat(sha256(original("AwaitToRun"))).isEqualTo(ORIGINAL_AWAIT_SHA256);
  }

  @Test
  void isWhatGetsLoaded() throws Exception {
    for (Class<?> replaced : REPLACED) {
      String file = "org/apache/ratis/util/" + replaced.getSimpleName() + ".class";
      List<URL> found = Collections.list(replaced.getClassLoader().getResources(file));

      assertThat(found).as("places that have %s", replaced).hasSize(1);
      assertThat(found.getFirst().openStream().readAllBytes())
          .isNotEqualTo(Files.readAllBytes(original(replaced.getSimpleName())));
    }
  }

  @Test
  void hasNoOtherRatisCommonOnTheClassPath() throws IOException {
    List<URL> found =
        Collections.list(
            LifeCycle.class.getClassLoader().getResources("org/apache/ratis/util/LifeCycle.class"));

    assertThat(found).hasSize(1);
    assertThat(LifeCycle.class.getProtectionDomain().getCodeSource())
        .isEqualTo(PureJavaCrc32C.class.getProtectionDomain().getCodeSource());
  }

  @Test
  void hasThePublicMembersOfTheOriginals() throws Exception {
    for (Class<?> ours : REPLACED) {
      assertThat(publicMembers(ours))
          .as(ours.getSimpleName())
          .containsAll(publicMembers(loadOriginal(ours.getName())));
    }
  }

  private static Set<String> publicMembers(Class<?> type) {
    return Stream.of(
            Arrays.stream(type.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
                .map(ReplacedClassesTest::signature),
            Arrays.stream(type.getDeclaredConstructors())
                .filter(c -> Modifier.isPublic(c.getModifiers()))
                .map(Constructor::toString),
            Arrays.stream(type.getDeclaredFields())
                .filter(f -> Modifier.isPublic(f.getModifiers()))
                .map(Object::toString))
        .flatMap(s -> s)
        .collect(Collectors.toSet());
  }

  private static String signature(Method method) {
    return method.getReturnType().getName()
        + " "
        + method.getName()
        + Arrays.toString(method.getParameterTypes());
  }

  /** In a class loader of its own, so that it does not shadow ours. */
  private static Class<?> loadOriginal(String name) throws ClassNotFoundException {
    ClassLoader parent = ReplacedClassesTest.class.getClassLoader();
    ClassLoader loader =
        new ClassLoader(parent) {
          @Override
          protected Class<?> loadClass(String wanted, boolean resolve)
              throws ClassNotFoundException {
            if (!wanted.startsWith(name)) {
              return super.loadClass(wanted, resolve);
            }
            Class<?> loaded = findLoadedClass(wanted);
            if (loaded != null) {
              return loaded;
            }
            try {
              byte[] bytes =
                  Files.readAllBytes(ORIGINALS.resolve(wanted.replace('.', '/') + ".class"));
              return defineClass(wanted, bytes, 0, bytes.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(wanted, e);
            }
          }
        };
    return Class.forName(name, false, loader);
  }

  private static Path original(String simpleName) {
    return ORIGINALS.resolve("org/apache/ratis/util/" + simpleName + ".class");
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  private static URL resource(String name) {
    URL url = ReplacedClassesTest.class.getClassLoader().getResource(name);
    assertThat(url).as(name).isNotNull();
    return url;
  }
}

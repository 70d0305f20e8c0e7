package dev.funes.chaos.knownbad;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * A method of a class of the distribution that is to do something else.
 *
 * @param jarPrefix how the name of the jar begins
 * @param className with slashes
 * @param method all methods of that name are changed
 * @param change what becomes of their code
 */
record ClassPatch(String jarPrefix, String className, String method, CodeTransform change) {

  /**
   * Writes the changed class below a directory that can stand in front of a class path.
   *
   * @param lib the distribution's jars
   */
  void write(Path lib, Path front) throws IOException {
    ClassModel model = ClassFile.of().parse(original(lib));
    boolean found =
        model.methods().stream().anyMatch(each -> each.methodName().equalsString(method));
    if (!found) {
      throw new IOException(className + " has no method " + method + " any more");
    }
    byte[] changed =
        ClassFile.of()
            .transformClass(
                model,
                ClassTransform.transformingMethodBodies(
                    each -> each.methodName().equalsString(method), change));
    Path file = front.resolve(className + ".class");
    Files.createDirectories(file.resolve("..").normalize());
    Files.write(file, changed);
  }

  /** So that {@code ratis-server-} is not taken for {@code ratis-server-api-}. */
  private static boolean isVersionOf(String jarPrefix, String file) {
    return file.startsWith(jarPrefix) && Character.isDigit(file.charAt(jarPrefix.length()));
  }

  private byte[] original(Path lib) throws IOException {
    Path jar;
    try (Stream<Path> jars = Files.list(lib)) {
      jar =
          jars.filter(each -> isVersionOf(jarPrefix, String.valueOf(each.getFileName())))
              .findFirst()
              .orElseThrow(() -> new IOException("no jar " + jarPrefix + "* in " + lib));
    }
    try (JarFile opened = new JarFile(jar.toFile());
        InputStream in = opened.getInputStream(opened.getEntry(className + ".class"))) {
      return in.readAllBytes();
    }
  }
}

package dev.funes.state;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * The part of RocksDB that is not Java. Left in its jar, it is unpacked into the folder for
 * temporary files whenever a node starts, and stays there when the node is killed; in a folder of
 * {@code java.library.path} it is used as it lies. Its name has the platform in it, so that another
 * platform does not find it and unpacks its own.
 */
public final class NativeLibrary {
  private NativeLibrary() {}

  /** Unpacks the library for this platform into a folder, which must exist. */
  public static void unpack(Path folder) throws IOException {
    String name = Environment.getJniLibraryFileName("rocksdb");
    try (InputStream library = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
      if (library == null) {
        throw new FileNotFoundException(name + " is not on the class path");
      }
      Files.copy(library, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}

package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Path;

/** Where a node keeps its data. */
public sealed interface NodeDisk permits PlainDisk, ImageDisk {

  /** The node's data directory; it may not be there yet. */
  Path data();

  /** Makes it ready for the node's first start. */
  void open() throws IOException;

  /** Takes everything away that the node has written, as if the disk had been replaced. */
  void wipe() throws IOException;
}

package dev.funes.log;

import java.nio.file.Path;

/**
 * A whole, durable checkpoint.
 *
 * @param manifest what it holds
 * @param directory where it lies; whatever the caller put in beside the manifest is there too
 */
public record Checkpoint(Manifest manifest, Path directory) {}

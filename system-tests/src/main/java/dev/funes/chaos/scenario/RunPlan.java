package dev.funes.chaos.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A run that was asked for.
 *
 * @param faults how many; {@link Integer#MAX_VALUE} for as many as the time allows
 * @param duration how long faults are inflicted
 * @param plain true: loopback and plain directories, whatever the machine could do
 * @param keepData true: the disks of the nodes are kept in any case
 * @param front what is put in front of the class path of the nodes
 * @param repeat the command that does the same again
 */
record RunPlan(
    Scenario scenario,
    long seed,
    int faults,
    Duration duration,
    Path directory,
    Path funes,
    boolean plain,
    boolean keepData,
    List<Path> front,
    String repeat) {}

package dev.funes.chaos.scenario;

import dev.funes.chaos.cluster.ClusterOptions;
import dev.funes.chaos.fault.Fault;
import dev.funes.chaos.history.Limits;
import dev.funes.chaos.workload.WorkloadSettings;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Faults that belong together, and the load and cluster that they are inflicted on.
 *
 * @param text what it shows, for people
 * @param faults what is chosen from; one that stands there twice is chosen twice as often
 * @param inOrder true: one after the other; false: by chance
 * @param faultCount how many are inflicted when neither number nor time is asked for
 * @param holdMillisMax how long a fault that lasts may last
 * @param gapMillisMax how long the cluster is left alone after it is whole again
 * @param options what its cluster needs
 */
public record Scenario(
    String name,
    String text,
    List<Fault> faults,
    boolean inOrder,
    int faultCount,
    long holdMillisMax,
    long gapMillisMax,
    Limits limits,
    WorkloadSettings load,
    UnaryOperator<ClusterOptions> options) {
  public Scenario {
    faults = List.copyOf(faults);
  }

  Scenario withLoad(WorkloadSettings other) {
    return new Scenario(
        name,
        text,
        faults,
        inOrder,
        faultCount,
        holdMillisMax,
        gapMillisMax,
        limits,
        other,
        options);
  }
}

package dev.funes.cli.cluster;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import dev.funes.cli.console.Table;
import dev.funes.client.RaftGroupMove;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Prints which raft groups move where. */
final class Moves {
  private Moves() {}

  /**
   * Prints a plan, or what was done.
   *
   * @param outcome a line for people
   * @param done whether it is done, and not only asked for or shown
   */
  static void print(
      PrintWriter out,
      OutputFormat format,
      String outcome,
      boolean done,
      List<RaftGroupMove> moves) {
    switch (format) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                json.writeBooleanField("done", done);
                write(moves, json);
              });
      case TABLE -> {
        out.println(outcome);
        if (!moves.isEmpty()) {
          Table table = new Table("RAFT GROUP", "FROM", "TO", "MOVES");
          for (RaftGroupMove move : moves) {
            table.row(
                move.raftGroup(),
                ids(move.from()),
                ids(move.to()),
                move.movesData() ? "data" : "lead");
          }
          table.print(out);
        }
        out.flush();
      }
    }
  }

  private static void write(List<RaftGroupMove> moves, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("moves");
    for (RaftGroupMove move : moves) {
      json.writeStartObject();
      json.writeNumberField("raftGroup", move.raftGroup());
      ClusterJson.writeIds("from", move.from(), json);
      ClusterJson.writeIds("to", move.to(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static String ids(List<Integer> nodes) {
    return nodes.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  static String count(List<RaftGroupMove> moves) {
    return moves.size() + (moves.size() == 1 ? " move" : " moves");
  }
}

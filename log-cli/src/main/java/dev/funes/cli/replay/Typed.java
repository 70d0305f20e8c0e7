package dev.funes.cli.replay;

import dev.funes.cli.offsets.TypedAgain;
import dev.funes.client.Cut;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The command that was typed, to be typed again from where this one is. */
record Typed(CommandSpec spec) {
  /** The same command from a cut on. */
  String from(Cut cut) {
    List<String> words = new ArrayList<>(List.of("funes"));
    Iterator<String> typed = spec.root().commandLine().getParseResult().originalArgs().iterator();
    while (typed.hasNext()) {
      String word = typed.next();
      if (word.equals("--from")) {
        typed.next();
      } else if (!word.startsWith("--from=")) {
        words.add(TypedAgain.quoted(word));
      }
    }
    words.add("--from");
    words.add(CutText.print(cut));
    return String.join(" ", words);
  }
}

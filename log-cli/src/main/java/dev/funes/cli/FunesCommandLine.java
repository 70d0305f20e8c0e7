package dev.funes.cli;

import dev.funes.cli.cluster.ClusterCommand;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.StandardStreams;
import dev.funes.cli.consume.ConsumeCommand;
import dev.funes.cli.group.GroupCommand;
import dev.funes.cli.node.DevCommand;
import dev.funes.cli.node.ServerCommand;
import dev.funes.cli.offline.DumpCommand;
import dev.funes.cli.offline.VerifyCommand;
import dev.funes.cli.offsets.OffsetsCommand;
import dev.funes.cli.perf.PerfCommand;
import dev.funes.cli.produce.ProduceCommand;
import dev.funes.cli.replay.ReplayCommand;
import dev.funes.cli.request.ReplyCommand;
import dev.funes.cli.request.RequestCommand;
import dev.funes.cli.topic.TopicCommand;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Puts the command line together: only the command that was typed, or all when help is due. */
public final class FunesCommandLine {
  private static final Set<String> NODE_COMMANDS = Set.of("dev", "server");

  private static final Set<String> VERSION_OPTIONS = Set.of("--version", "-V");

  private FunesCommandLine() {}

  /** The command line for these arguments, ready to execute them. */
  public static CommandLine create(String[] args, StandardStreams streams) {
    FunesCommand root = new FunesCommand();
    CommandLine commandLine = new CommandLine(root);
    addCommands(commandLine, args, streams);
    commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        // A value such as -100 is no option; picocli would take it for an unknown one.
        .setUnmatchedOptionsAllowedAsOptionParameters(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Errors::misused)
        .setExecutionExceptionHandler(new Errors(root)::failed)
        .setOut(new PrintWriter(new OutputStreamWriter(streams.out(), StandardCharsets.UTF_8)));
    documentExitCodes(commandLine);
    return commandLine;
  }

  private static void addCommands(CommandLine commandLine, String[] args, StandardStreams streams) {
    String first = args.length == 0 ? "" : args[0];
    Map<String, Supplier<Object>> commands = commands(streams);
    Supplier<Object> typed = commands.get(first);
    if (typed != null) {
      commandLine.addSubcommand(first, typed.get());
    } else if (!VERSION_OPTIONS.contains(first)) {
      commands.forEach((name, command) -> commandLine.addSubcommand(name, command.get()));
      commandLine.addSubcommand("generate-completion", new CompletionCommand());
    }
  }

  /** True when the arguments run a node, which logs. */
  static boolean isNode(String[] args) {
    return args.length > 0 && NODE_COMMANDS.contains(args[0]);
  }

  private static Map<String, Supplier<Object>> commands(StandardStreams streams) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("dev", DevCommand::new);
    commands.put("server", ServerCommand::new);
    commands.put("topic", TopicCommand::new);
    commands.put("produce", () -> new ProduceCommand(streams));
    commands.put("consume", () -> new ConsumeCommand(streams));
    commands.put("request", () -> new RequestCommand(streams));
    commands.put("reply", ReplyCommand::new);
    commands.put("replay", () -> new ReplayCommand(streams));
    commands.put("group", GroupCommand::new);
    commands.put("offsets", () -> OffsetsCommand.create(streams));
    commands.put("cluster", ClusterCommand::new);
    commands.put("perf", PerfCommand::new);
    commands.put("dump", () -> new DumpCommand(streams));
    commands.put("verify", VerifyCommand::new);
    return commands;
  }

  private static void documentExitCodes(CommandLine commandLine) {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put(Integer.toString(ExitCode.OK), "done");
    codes.put(Integer.toString(ExitCode.FAILED), "failed");
    codes.put(Integer.toString(ExitCode.USAGE), "the command line or the input is wrong");
    codes.put(Integer.toString(ExitCode.NOT_FOUND), "no such topic, partition, group or file");
    codes.put(Integer.toString(ExitCode.CONFLICT), "it exists already, or somebody is at it");
    codes.put(Integer.toString(ExitCode.UNREACHABLE), "no node reached, or no answer in time");
    codes.put(Integer.toString(ExitCode.NO_REPLY), "no reply to a request in time");
    codes.put(Integer.toString(ExitCode.UNHEALTHY), "the cluster is not healthy");
    codes.put("130", "ended by Ctrl-C");
    document(commandLine, codes);
  }

  private static void document(CommandLine commandLine, Map<String, String> codes) {
    commandLine
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(codes);
    commandLine.getSubcommands().values().forEach(command -> document(command, codes));
  }
}

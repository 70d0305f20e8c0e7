package dev.funes.chaos.knownbad;

import java.io.IOException;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Builds that are known to break a promise. They are made of the distribution under test, by a few
 * changed classes in front of its class path: the product has no switch for any of it.
 */
public enum KnownBad {
  /** Ratis' unsafe flush: an entry counts before its force has ended; and that on a slow disk. */
  UNSAFE_FLUSH(
      "the Raft log is not forced before an entry counts",
      "C1",
      List.of(
          new ClassPatch(
              "log-replication-",
              "dev/funes/raft/RatisSettings",
              "log",
              KnownBad::switchUnsafeFlushOn),
          new ClassPatch(
              "ratis-server-",
              "org/apache/ratis/server/raftlog/segmented/BufferedWriteChannel",
              "force",
              KnownBad::forceLater))),
  /** Every batch is taken for one that comes next, even if it was there before. */
  NO_DEDUPLICATION(
      "a batch that is sent twice is appended twice",
      "C2",
      List.of(
          new ClassPatch("log-core-", "dev/funes/state/ProducerState", "judge", new AlwaysNext()))),
  /** A file that replaces another is forced, its directory is not, as in Ratis' own class. */
  NO_DIRECTORY_FORCE(
      "the directory of term and vote is not forced",
      "term",
      List.of(
          new ClassPatch(
              "ratis-common-",
              "org/apache/ratis/util/AtomicFileOutputStream",
              "forceDirectory",
              KnownBad::forgetForce)));

  private static final long FORCE_LATER_MILLIS = 400;

  private final String text;
  private final String expectedRed;

  @SuppressWarnings("ImmutableEnumChecker") // What List.of has made.
  private final List<ClassPatch> patches;

  KnownBad(String text, String expectedRed, List<ClassPatch> patches) {
    this.text = text;
    this.expectedRed = expectedRed;
    this.patches = patches;
  }

  /** What is wrong with it. */
  public String text() {
    return text;
  }

  /** The check that has to go red. */
  public String expectedRed() {
    return expectedRed;
  }

  /** The name as it is typed. */
  public String command() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Makes the build.
   *
   * @param funes the launcher of the distribution
   * @param front a directory that is written to
   * @return what belongs in front of the class path
   */
  public Path write(Path funes, Path front) throws IOException {
    Path lib = funes.toRealPath().resolve("../../lib").normalize();
    Files.createDirectories(front);
    for (ClassPatch patch : patches) {
      patch.write(lib, front);
    }
    return front;
  }

  /** setUnsafeFlushEnabled(properties, false) becomes the same with true. */
  private static void switchUnsafeFlushOn(CodeBuilder builder, CodeElement element) {
    if (element instanceof InvokeInstruction invoke
        && invoke.name().equalsString("setUnsafeFlushEnabled")) {
      builder.pop().iconst_1();
    }
    builder.with(element);
  }

  /** Before every call of force(boolean) comes a while, so that a power loss hits it. */
  private static void forceLater(CodeBuilder builder, CodeElement element) {
    if (element instanceof InvokeInstruction invoke && invoke.name().equalsString("force")) {
      builder
          .loadConstant(FORCE_LATER_MILLIS)
          .invokestatic(
              ClassDesc.of("java.lang.Thread"),
              "sleep",
              MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long));
    }
    builder.with(element);
  }

  /** Every call of force(boolean) is left out. */
  private static void forgetForce(CodeBuilder builder, CodeElement element) {
    if (element instanceof InvokeInstruction invoke && invoke.name().equalsString("force")) {
      builder.pop2();
      return;
    }
    builder.with(element);
  }

  /** The body becomes {@code return new Check.Next()}. */
  private static final class AlwaysNext implements CodeTransform {
    private static final ClassDesc NEXT = ClassDesc.of("dev.funes.state.ProducerState$Check$Next");

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
      // Nothing of the old body stays.
    }

    @Override
    public void atEnd(CodeBuilder builder) {
      builder
          .new_(NEXT)
          .dup()
          .invokespecial(NEXT, ConstantDescs.INIT_NAME, MethodTypeDesc.of(ConstantDescs.CD_void))
          .areturn();
    }
  }
}

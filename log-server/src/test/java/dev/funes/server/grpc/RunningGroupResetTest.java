package dev.funes.server.grpc;

import static dev.funes.server.grpc.RawMember.group;
import static dev.funes.server.grpc.RawMember.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.proto.v1.AssignedPartition;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.OffsetServiceGrpc.OffsetServiceBlockingStub;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.proto.v1.ResetOffset;
import dev.funes.proto.v1.ResetOffsetsRequest;
import dev.funes.proto.v1.ResetOffsetsResponse;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.server.testing.FunesCluster;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Offsets are moved under members that run, and only once they have let go. */
class RunningGroupResetTest {
  @RegisterExtension static final FunesCluster NODE = FunesCluster.ofNodes(1);

  private static final int RECORDS = 10;
  private static int tests;

  private ManagedChannel channel;
  private OffsetServiceBlockingStub offsets;
  private String name;

  @BeforeEach
  void fill() throws InterruptedException {
    channel = NettyChannelBuilder.forTarget(NODE.address(1)).usePlaintext().build();
    offsets = OffsetServiceGrpc.newBlockingStub(channel);
    name = "running-" + ++tests;
    TestTopics.create(channel, name, 2);
    RecordList.Builder records = RecordList.newBuilder();
    for (int i = 0; i < RECORDS; i++) {
      records.addRecords(Record.getDefaultInstance());
    }
    try (ProduceCalls calls = new ProduceCalls(channel)) {
      for (int partition = 0; partition < 2; partition++) {
        var _ =
            calls.ask(
                ProduceRequest.newBuilder()
                    .setTopic(name)
                    .setPartition(partition)
                    .setRecords(records));
      }
    }
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void membersLetGoFirstAndBeginAgainAtTheNewOffsets()
      throws InterruptedException, ExecutionException, TimeoutException {
    RawMember member = join(channel, group(name, name));
    Assignment before = member.settle(2);
    assertThat(member.commit(name, 0, 7, before.getGeneration()).hasError()).isFalse();

    CompletableFuture<ResetOffsetsResponse> reset =
        CompletableFuture.supplyAsync(() -> offsets.resetOffsets(request().setOffset(3).build()));
    Assignment told = member.assignment();
    assertThat(told.getRevokedCount()).isEqualTo(1);
    assertThat(told.getPartitionsCount()).as("the other one is not touched").isEqualTo(1);

    refused(request().setStart(true), ErrorCode.GROUP_RESETTING);
    refused(request().setUndo(true), ErrorCode.GROUP_RESETTING);
    assertThat(offsets.resetOffsets(request().setEnd(true).setDryRun(true).build()).getHistoryId())
        .as("to look is allowed")
        .isZero();
    assertThat(member.commit(name, 0, 9, told.getGeneration()).hasError())
        .as("what was done before it let go")
        .isFalse();
    assertThat(reset).isNotDone();
    member.release(told);

    ResetOffsetsResponse done = reset.get(20, TimeUnit.SECONDS);
    assertThat(done.getResetsList())
        .containsExactly(
            ResetOffset.newBuilder()
                .setTopic(name)
                .setFromOffset(9)
                .setToOffset(3)
                .setLogEndOffset(RECORDS)
                .build());
    Assignment after = member.settle(2);
    AssignedPartition moved = after.getPartitions(0);
    assertThat(moved.getStoredOffset()).isEqualTo(3);
    assertThat(moved.getGrantedGeneration()).isGreaterThan(before.getGeneration());
    assertThat(after.getPartitions(1)).isEqualTo(before.getPartitions(1));
    assertThat(member.commit(name, 0, 9, before.getGeneration()).getError().getCode())
        .as("a commit that was on its way")
        .isEqualTo(ErrorCode.NOT_OWNER);

    CompletableFuture<ResetOffsetsResponse> undo =
        CompletableFuture.supplyAsync(() -> offsets.resetOffsets(request().setUndo(true).build()));
    member.release(member.assignment());
    assertThat(undo.get(20, TimeUnit.SECONDS).getUndoneId()).isEqualTo(done.getHistoryId());
    assertThat(member.settle(2).getPartitions(0).getStoredOffset()).isEqualTo(9);
    member.leave();
  }

  @Test
  void whoIsNoMemberCannotCommitForOne() throws InterruptedException {
    RawMember member = join(channel, group(name, name));
    var _ = member.settle(2);

    StoredOffset stored = StoredOffset.newBuilder().setTopic(name).setOffset(1).build();
    assertThatThrownBy(
            () ->
                offsets.commitOffsets(
                    CommitOffsetsRequest.newBuilder().setGroup(name).addOffsets(stored).build()))
        .satisfies(failure -> assertThat(code(failure)).isEqualTo(ErrorCode.NOT_OWNER));
    member.leave();
  }

  private ResetOffsetsRequest.Builder request() {
    return ResetOffsetsRequest.newBuilder().setGroup(name);
  }

  private void refused(ResetOffsetsRequest.Builder request, ErrorCode code) {
    assertThatThrownBy(() -> offsets.resetOffsets(request.build()))
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(failure -> assertThat(code(failure)).isEqualTo(code));
  }

  private static ErrorCode code(Throwable failure) {
    return ErrorMapping.error(failure).getCode();
  }
}

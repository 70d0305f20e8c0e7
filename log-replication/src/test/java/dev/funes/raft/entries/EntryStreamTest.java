package dev.funes.raft.entries;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.CallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of entries between a leader and a follower, with Ratis' gRPC and real connections. */
final class EntryStreamTest {

  private static final int MESSAGE_BYTES_MAX = 6 << 20;
  private static final String HOST = "127.0.0.1";

  static {
    EntrySender.install();
  }

  private final Set<Thread> before = Thread.getAllStackTraces().keySet();
  private final Follower follower = new Follower();
  private EntryListener entries;
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    entries = EntryListener.start(HOST, 0, MESSAGE_BYTES_MAX);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(follower)
            .intercept(entries)
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress(HOST, server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws IOException {
    channel.shutdownNow();
    server.shutdownNow();
    entries.close();
  }

  @Test
  void messagesAndRepliesGoByTheirOwnConnectionInOrder() {
    Leader leader = new Leader();
    CallStreamObserver<AppendEntriesRequestProto> stream = leader.begin();

    for (long id = 0; id < 1_000; id++) {
      stream.onNext(request("a", id, new byte[(int) id]));
    }

    List<Long> ids = LongStream.range(0, 1_000).boxed().toList();
    await().untilAsserted(() -> assertThat(leader.replies).isEqualTo(ids));
    assertThat(follower.threads).allMatch(name -> name.startsWith("funes-entries-in-"));
    assertThat(leader.threads).allMatch(name -> name.startsWith("funes-entries-out-"));
  }

  @Test
  void megabytesArriveAsTheyWereSent() {
    byte[] payload = new byte[5 << 20];
    new Random(1).nextBytes(payload);
    AppendEntriesRequestProto small = request("a", 0, new byte[] {1, 2, 3});
    AppendEntriesRequestProto large = request("a", 1, payload);
    CallStreamObserver<AppendEntriesRequestProto> stream = new Leader().begin();

    for (AppendEntriesRequestProto message : List.of(small, large, small, large)) {
      stream.onNext(message);
    }

    await()
        .untilAsserted(
            () -> assertThat(follower.requests).containsExactly(small, large, small, large));
  }

  @Test
  void theEndOfTheCallReachesBothSides() {
    Leader leader = new Leader();
    CallStreamObserver<AppendEntriesRequestProto> stream = leader.begin();
    stream.onNext(request("a", 0, new byte[0]));
    await().until(() -> leader.replies.size() == 1);

    stream.onCompleted();

    await().until(() -> leader.completed);
    assertThat(leader.failure).isNull();
    awaitNoStreams();
  }

  @Test
  void theLeaderIsToldWhyTheFollowerRefuses() {
    Leader leader = new Leader();
    Metadata.Key<String> callId = Metadata.Key.of("call-id", Metadata.ASCII_STRING_MARSHALLER);
    Metadata trailers = new Metadata();
    trailers.put(callId, "7");
    follower.refusal = Status.ABORTED.withDescription("not now").asRuntimeException(trailers);

    leader.begin().onNext(request("a", 7, new byte[0]));

    await().until(() -> leader.failure != null);
    assertThat(Status.fromThrowable(leader.failure).getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(Status.trailersFromThrowable(leader.failure))
        .satisfies(told -> assertThat(told.get(callId)).isEqualTo("7"));
    awaitNoStreams();
  }

  @Test
  void aMessageThatIsTooLongEndsTheStreamAndSaysSo() {
    Leader leader = new Leader();

    leader.begin().onNext(request("a", 0, new byte[MESSAGE_BYTES_MAX]));

    await().until(() -> leader.failure != null);
    assertThat(leader.failure)
        .hasMessageContaining("a message must have at most " + MESSAGE_BYTES_MAX + " bytes");
    assertThat(follower.requests).isEmpty();
    awaitNoStreams();
  }

  @Test
  void aFollowerThatIsGoneEndsTheStream() {
    Leader leader = new Leader();
    leader.begin().onNext(request("a", 0, new byte[0]));
    await().until(() -> leader.replies.size() == 1);

    server.shutdownNow();

    await().until(() -> leader.failure != null);
    awaitNoStreams();
  }

  @Test
  void aFollowerThatReadsNothingIsGivenUp() {
    Leader leader = new Leader();
    CallStreamObserver<AppendEntriesRequestProto> stream = leader.begin();
    CountDownLatch blocked = new CountDownLatch(1);
    follower.blocked = blocked;
    try {
      AppendEntriesRequestProto message = request("a", 0, new byte[5 << 20]);
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                for (int i = 0; i < 10 && leader.failure == null; i++) {
                  stream.onNext(message);
                }
              });

      await().atMost(30, TimeUnit.SECONDS).until(() -> leader.failure != null);

      assertThat(Status.fromThrowable(leader.failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      await().until(() -> !sender.isAlive());
    } finally {
      blocked.countDown();
    }
    awaitNoStreams();
  }

  @Test
  void aStreamThatIsBegunAnewEndsTheOneBeforeInSilence() {
    Leader replaced = new Leader();
    replaced.begin().onNext(request("a", 0, new byte[0]));
    Leader other = new Leader();
    other.begin().onNext(request("b", 0, new byte[0]));
    await().until(() -> replaced.replies.size() == 1 && other.replies.size() == 1);

    Leader after = new Leader();
    after.begin().onNext(request("a", 1, new byte[0]));

    await().until(() -> after.replies.size() == 1);
    await().until(() -> streams("funes-entries-in-") == 2 && streams("funes-entries-out-") == 2);
    assertThat(replaced.failure).isNull();
    assertThat(replaced.completed).isFalse();
  }

  @Test
  void aLeaderOfAnotherVersionIsRefused() throws IOException {
    Server strict =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(follower)
            .intercept(entries)
            .intercept(new FromVersionNine()) // the last one is the outermost
            .build()
            .start();
    ManagedChannel toStrict =
        NettyChannelBuilder.forAddress(HOST, strict.getPort()).usePlaintext().build();
    try {
      Leader leader = new Leader();
      var _ = RaftServerProtocolServiceGrpc.newStub(toStrict).appendEntries(leader);

      await().until(() -> leader.failure != null);

      assertThat(leader.failure)
          .hasMessageContaining("takes streams of entries of version 1")
          .hasMessageContaining("sends version 9");
    } finally {
      toStrict.shutdownNow();
      strict.shutdownNow();
    }
  }

  private static final class FromVersionNine implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      headers.discardAll(Greeting.VERSION_KEY);
      headers.put(Greeting.VERSION_KEY, "9");
      return next.startCall(call, headers);
    }
  }

  @Test
  void aFollowerOfAnotherVersionIsNotWrittenTo() throws IOException {
    Server old =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new EagerFollower())
            .build()
            .start();
    ManagedChannel toOld =
        NettyChannelBuilder.forAddress(HOST, old.getPort()).usePlaintext().build();
    try {
      Leader leader = new Leader();
      var _ = RaftServerProtocolServiceGrpc.newStub(toOld).appendEntries(leader);

      await().until(() -> leader.failure != null);

      assertThat(leader.failure).hasMessageContaining("does not offer streams of entries");
    } finally {
      toOld.shutdownNow();
      old.shutdownNow();
    }
  }

  @Test
  void strangersAreTurnedAwayAndTheOthersGoOn() throws IOException {
    Leader leader = new Leader();
    CallStreamObserver<AppendEntriesRequestProto> stream = leader.begin();
    for (String hello : List.of("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "FnE")) {
      try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), entries.port())) {
        stranger.getOutputStream().write(hello.getBytes(US_ASCII));
        stranger.shutdownOutput();
        stranger.setSoTimeout(10_000);
        assertThat(readToEnd(stranger)).isZero();
      }
    }

    stream.onNext(request("a", 0, new byte[0]));

    await().until(() -> leader.replies.size() == 1);
  }

  private static int readToEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (SocketException e) {
      return 0; // reset, as bytes were left unread
    }
  }

  private void awaitNoStreams() {
    await().until(() -> streams("funes-entries-in-") + streams("funes-entries-out-") == 0);
  }

  /** Threads of that name which this test has brought. */
  private long streams(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .filter(thread -> thread.getName().startsWith(prefix))
        .count();
  }

  private static AppendEntriesRequestProto request(String group, long callId, byte[] payload) {
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8("leader"))
                .setReplyId(ByteString.copyFromUtf8("follower-" + group))
                .setCallId(callId))
        .addEntries(
            LogEntryProto.newBuilder()
                .setIndex(callId)
                .setStateMachineLogEntry(
                    StateMachineLogEntryProto.newBuilder()
                        .setLogData(ByteString.copyFrom(payload))))
        .build();
  }

  /** Answers each request with its call id. */
  private static final class Follower extends RaftServerProtocolServiceImplBase {
    private final List<AppendEntriesRequestProto> requests = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private volatile @Nullable StatusRuntimeException refusal;
    private volatile @Nullable CountDownLatch blocked;

    @Override
    public StreamObserver<AppendEntriesRequestProto> appendEntries(
        StreamObserver<AppendEntriesReplyProto> replies) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AppendEntriesRequestProto request) {
          CountDownLatch latch = blocked;
          if (latch != null) {
            try {
              latch.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          requests.add(request);
          threads.add(Thread.currentThread().getName());
          if (refusal != null) {
            replies.onError(refusal);
            return;
          }
          replies.onNext(
              AppendEntriesReplyProto.newBuilder()
                  .setServerReply(
                      RaftRpcReplyProto.newBuilder()
                          .setCallId(request.getServerRequest().getCallId()))
                  .build());
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
          replies.onCompleted();
        }
      };
    }
  }

  /** Sends headers without a greeting, as gRPC does by itself with the first reply. */
  private static final class EagerFollower extends RaftServerProtocolServiceImplBase {
    @Override
    public StreamObserver<AppendEntriesRequestProto> appendEntries(
        StreamObserver<AppendEntriesReplyProto> replies) {
      replies.onNext(AppendEntriesReplyProto.getDefaultInstance());
      return new Follower().appendEntries(replies);
    }
  }

  private final class Leader implements StreamObserver<AppendEntriesReplyProto> {
    private final List<Long> replies = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable failure;
    private volatile boolean completed;

    /** Once it is ready. */
    CallStreamObserver<AppendEntriesRequestProto> begin() {
      var stream =
          (CallStreamObserver<AppendEntriesRequestProto>)
              RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(this);
      await().until(stream::isReady);
      return stream;
    }

    @Override
    public void onNext(AppendEntriesReplyProto reply) {
      replies.add(reply.getServerReply().getCallId());
      threads.add(Thread.currentThread().getName());
    }

    @Override
    public void onError(Throwable t) {
      failure = t;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }
}

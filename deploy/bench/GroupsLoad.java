import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.client.ClientConfig;
import dev.funes.client.ConsumedRecord;
import dev.funes.client.Consumer;
import dev.funes.client.Subscription;
import dev.funes.proto.v1.Assignment;
import dev.funes.proto.v1.CommitOffsetsRequest;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.FetchOffsetsRequest;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.Heartbeat;
import dev.funes.proto.v1.JoinGroup;
import dev.funes.proto.v1.LeaveGroup;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.OffsetServiceGrpc;
import dev.funes.proto.v1.ReleasePartitions;
import dev.funes.proto.v1.StoredOffset;
import dev.funes.proto.v1.TopicPartition;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Members, and many consumer groups from one process: for deploy/bench/groups.
 *
 * <pre>
 *   reader SERVERS GROUP TOPIC FILE              a member of the client; says what it does below
 *   members SERVERS GROUP TOPIC PARTITIONS MEMBERS   one group; then one member leaves and one joins
 *   offsets SERVERS TOPIC PARTITIONS GROUPS          every group commits and fetches every partition
 * </pre>
 *
 * <p>The last two go straight at the API, and print one JSON object at their end. A reader first reads
 * the topic in a group of its own, so that its code is warm, and prints {@code ready}; it joins when a
 * line comes, and leaves when another comes. When each record came, its partition and its offset are
 * three big-endian longs in FILE, which is mapped: it costs no call, and has all when this is killed.
 */
public final class GroupsLoad {
  private static final int CHANNELS = 16; // a node takes 100 streams of a connection
  private static final int IN_FLIGHT = 32;
  private static final long PATIENCE_SECONDS = 60;
  private static final int CALM_SECONDS = 10;
  private static final int WARM_UP_SECONDS = 8;
  private static final long ARRIVALS_BYTES = 24L * 4096 * 1024; // 2,000 records a second for half an hour

  private final List<String> servers;

  private GroupsLoad(String servers) {
    this.servers = List.of(servers.split(","));
  }

  public static void main(String[] args) throws Exception {
    GroupsLoad load = new GroupsLoad(args[1]);
    switch (args[0]) {
      case "reader" -> load.reader(args[2], args[3], Path.of(args[4]));
      case "members" ->
          load.members(args[2], args[3], Integer.parseInt(args[4]), Integer.parseInt(args[5]));
      case "offsets" -> load.offsets(args[2], Integer.parseInt(args[3]), Integer.parseInt(args[4]));
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.exit(0); // the channels' threads are not waited for
  }

  private void reader(String group, String topic, Path file) throws Exception {
    ClientConfig config = ClientConfig.builder().servers(String.join(",", servers)).build();
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (Consumer consumer = Consumer.open(config, group + "-warm-up-" + ProcessHandle.current().pid())) {
      consumer.subscribe(Subscription.to(topic));
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
      while (System.nanoTime() < until) {
        var _ = consumer.poll(Duration.ofMillis(100));
      }
    }
    MappedByteBuffer arrivals;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      arrivals = channel.map(FileChannel.MapMode.READ_WRITE, 0, ARRIVALS_BYTES);
    }
    System.out.println("ready");
    orders.readLine();
    try (Consumer consumer = Consumer.open(config, group)) {
      consumer.subscribe(Subscription.to(topic));
      while (!orders.ready()) {
        for (ConsumedRecord record : consumer.poll(Duration.ofMillis(100))) {
          int at = arrivals.position();
          arrivals.putLong(at + Long.BYTES, record.partition());
          arrivals.putLong(at + 2 * Long.BYTES, record.offset());
          VarHandle.releaseFence(); // the time says that the others are there
          arrivals.putLong(at, System.nanoTime());
          arrivals.position(at + 3 * Long.BYTES);
        }
      }
    }
  }

  private static ManagedChannel channel(String address) {
    return NettyChannelBuilder.forTarget(address).usePlaintext().build();
  }

  /** One member: holds what it is given, releases what is revoked, and counts both. */
  private static final class Member implements StreamObserver<MemberResponse> {
    private final ManagedChannel channel;
    final Set<TopicPartition> held = new HashSet<>();
    final AtomicInteger taken = new AtomicInteger(); // partitions that were given away again
    volatile int count;
    volatile int grants;
    volatile String lost = "";
    private boolean answered;
    private StreamObserver<MemberRequest> requests;

    Member(ManagedChannel channel) {
      this.channel = channel;
    }

    synchronized void join(String group, String topic) {
      requests = GroupServiceGrpc.newStub(channel).member(this);
      requests.onNext(
          MemberRequest.newBuilder()
              .setJoin(JoinGroup.newBuilder().setGroup(group).addTopics(topic))
              .build());
    }

    synchronized void heartbeat() {
      if (answered && lost.isEmpty()) {
        requests.onNext(
            MemberRequest.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
      }
    }

    synchronized void leave() {
      requests.onNext(
          MemberRequest.newBuilder().setLeave(LeaveGroup.getDefaultInstance()).build());
    }

    @Override
    public synchronized void onNext(MemberResponse response) {
      answered = true;
      if (response.hasAssignment()) {
        assigned(response.getAssignment());
      } else if (response.hasRemoved()) {
        lost = response.getRemoved().getError().getMessage();
        count = 0;
      }
    }

    private void assigned(Assignment assignment) {
      Set<TopicPartition> now = new HashSet<>();
      assignment
          .getPartitionsList()
          .forEach(
              each ->
                  now.add(
                      TopicPartition.newBuilder()
                          .setTopic(each.getTopic())
                          .setPartition(each.getPartition())
                          .build()));
      for (TopicPartition each : now) {
        if (held.add(each)) {
          grants++;
        }
      }
      held.retainAll(now);
      count = held.size();
      if (assignment.getRevokedCount() > 0) {
        taken.addAndGet(assignment.getRevokedCount());
        requests.onNext(
            MemberRequest.newBuilder()
                .setRelease(
                    ReleasePartitions.newBuilder().addAllPartitions(assignment.getRevokedList()))
                .build());
      }
    }

    @Override
    public void onError(Throwable failure) {
      lost = String.valueOf(failure.getMessage());
      count = 0;
    }

    @Override
    public void onCompleted() {
      lost = "ended";
      count = 0;
    }
  }

  /** The node that coordinates the group: whoever does not refuse a member that only looks. */
  private String coordinator(String group) throws Exception {
    for (String server : servers) {
      ManagedChannel channel = channel(server);
      try {
        var response =
            GroupServiceGrpc.newBlockingStub(channel)
                .describeGroup(
                    dev.funes.proto.v1.DescribeGroupRequest.newBuilder().setGroup(group).build());
        return response.getCoordinator().getHost() + ":" + response.getCoordinator().getPort();
      } catch (StatusRuntimeException e) {
        System.err.println(server + ": " + e.getStatus());
      } finally {
        channel.shutdownNow();
      }
    }
    throw new IllegalStateException("no node knows the coordinator of " + group);
  }

  /** Leaders move to their places in the first seconds of a cluster, and members here do not follow. */
  private String settledCoordinator(String group) throws Exception {
    String known = coordinator(group);
    for (int calm = 0; calm < CALM_SECONDS; calm++) {
      Thread.sleep(1_000);
      String now = coordinator(group);
      calm = now.equals(known) ? calm : 0;
      known = now;
    }
    return known;
  }

  /** A new group has no coordinator that one could ask for: an offset makes it known. */
  private void members(String group, String topic, int partitions, int memberCount)
      throws Exception {
    await(System.nanoTime(), () -> isKnown(group, topic));
    String coordinator = settledCoordinator(group);
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      channels.add(channel(coordinator));
    }
    List<Member> all = new ArrayList<>();
    for (int i = 0; i < memberCount; i++) {
      all.add(new Member(channels.get(i % CHANNELS)));
    }
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    long started = System.nanoTime();
    all.forEach(member -> member.join(group, topic));
    var beats =
        timer.scheduleAtFixedRate(() -> all.forEach(Member::heartbeat), 3, 3, TimeUnit.SECONDS);
    double joined = await(started, () -> isEven(all, partitions));

    int before = grants(all);
    Member leaver = all.get(memberCount / 2);
    int freed = leaver.count;
    started = System.nanoTime();
    leaver.leave();
    List<Member> others = new ArrayList<>(all);
    others.remove(leaver);
    double left = await(started, () -> isEven(others, partitions));
    int movedByLeave = grants(others) - (before - leaver.grants);

    before = grants(others);
    Member late = new Member(channels.getFirst());
    started = System.nanoTime();
    late.join(group, topic);
    List<Member> withLate = new ArrayList<>(others);
    withLate.add(late);
    double joinedOne = await(started, () -> isEven(withLate, partitions));
    int movedByJoin = grants(withLate) - before;
    beats.cancel(false);
    withLate.stream()
        .filter(member -> !member.lost.isEmpty())
        .limit(1)
        .forEach(member -> System.err.println("a member was lost: " + member.lost));
    long lost = withLate.stream().filter(member -> !member.lost.isEmpty()).count();
    System.out.printf(
        "{\"members\":%d,\"partitions\":%d,\"all_joined_s\":%.2f,\"leave_s\":%.3f,\"freed\":%d,"
            + "\"moved_by_leave\":%d,\"join_s\":%.3f,\"late_has\":%d,\"moved_by_join\":%d,\"lost\":%d}%n",
        memberCount,
        partitions,
        joined,
        left,
        freed,
        movedByLeave,
        joinedOne,
        late.count,
        movedByJoin,
        lost);
  }

  private boolean isKnown(String group, String topic) {
    try {
      commit(channel(servers.getFirst()), group, topic, 1, 0);
      return true;
    } catch (StatusRuntimeException e) {
      return false; // leadership still moves
    }
  }

  private static int grants(List<Member> members) {
    return members.stream().mapToInt(member -> member.grants).sum();
  }

  private static boolean isEven(List<Member> members, int partitions) {
    int floor = partitions / members.size();
    int sum = 0;
    for (Member member : members) {
      int count = member.count;
      if (count < floor || count > floor + 1) {
        return false;
      }
      sum += count;
    }
    return sum == partitions;
  }

  private static double await(long started, BooleanSupplier done) throws Exception {
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - started > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        return Double.NaN;
      }
      Thread.sleep(1);
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private void offsets(String topic, int partitions, int groups) throws Exception {
    List<ManagedChannel> channels = new ArrayList<>();
    servers.forEach(server -> channels.add(channel(server)));
    AtomicLong failed = new AtomicLong();
    double commitSeconds =
        inParallel(
            groups,
            i ->
                commit(
                    channels.get(i % channels.size()), "bench-" + i, topic, partitions, 0),
            failed);
    double fetchSeconds =
        inParallel(
            groups,
            i -> {
              int found =
                  OffsetServiceGrpc.newBlockingStub(channels.get(i % channels.size()))
                      .fetchOffsets(
                          FetchOffsetsRequest.newBuilder().setGroup("bench-" + i).build())
                      .getOffsetsCount();
              if (found != partitions) {
                throw new IllegalStateException("found " + found + " offsets of bench-" + i);
              }
            },
            failed);
    System.out.printf(
        "{\"groups\":%d,\"offsets\":%d,\"commits_per_s\":%.0f,\"fetches_per_s\":%.0f,\"failed\":%d}%n",
        groups,
        (long) groups * partitions,
        groups / commitSeconds,
        groups / fetchSeconds,
        failed.get());
  }

  private interface Call {
    void run(int index) throws Exception;
  }

  private static double inParallel(int count, Call call, AtomicLong failed) throws Exception {
    Semaphore room = new Semaphore(IN_FLIGHT);
    long started = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(IN_FLIGHT)) {
      for (int i = 0; i < count; i++) {
        int index = i;
        room.acquire();
        threads.execute(
            () -> {
              try {
                call.run(index);
              } catch (Exception e) {
                if (failed.incrementAndGet() < 4) {
                  System.err.println(index + ": " + explain(e));
                }
              } finally {
                room.release();
              }
            });
      }
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private static String explain(Exception failure) {
    var status = StatusProto.fromThrowable(failure);
    if (status == null || status.getDetailsCount() == 0) {
      return String.valueOf(failure);
    }
    try {
      return status.getDetails(0).unpack(Error.class).getMessage();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      return String.valueOf(failure);
    }
  }

  private static void commit(
      ManagedChannel channel, String group, String topic, int partitions, long offset) {
    CommitOffsetsRequest.Builder request = CommitOffsetsRequest.newBuilder().setGroup(group);
    for (int partition = 0; partition < partitions; partition++) {
      request.addOffsets(
          StoredOffset.newBuilder().setTopic(topic).setPartition(partition).setOffset(offset));
    }
    var _ = OffsetServiceGrpc.newBlockingStub(channel).commitOffsets(request.build());
  }
}

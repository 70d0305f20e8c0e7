package dev.funes.server.grpc;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.raft.FatalHandler;
import dev.funes.record.BatchValidator;
import dev.funes.replication.Replica;
import dev.funes.server.coordinator.Coordinator;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The gRPC server of one node: its services, its threads, and what a connection may do. */
public final class ApiServer implements AutoCloseable {
  private static final int METADATA_BYTES_MAX = 16 << 10;

  /**
   * What a connection may have sent that was not read yet, in direct memory. gRPC raises it, up to
   * 8 MiB, for those that are seen to fill it.
   */
  private static final int FLOW_CONTROL_BYTES = 512 << 10;

  private static final int RESETS_MAX = 200;
  private static final int RESETS_SECONDS = 30;
  private static final int CLOSE_MILLIS_MAX = 2_000;

  private final Server server;
  private final HealthReporter health;
  private final Peers peers;
  private final RaftGroupPeers raftGroupPeers;
  private final Coordinator coordinator;
  private final List<ExecutorService> executors;

  private ApiServer(
      Server server,
      HealthReporter health,
      Peers peers,
      RaftGroupPeers raftGroupPeers,
      Coordinator coordinator,
      List<ExecutorService> executors) {
    this.server = server;
    this.health = health;
    this.peers = peers;
    this.raftGroupPeers = raftGroupPeers;
    this.coordinator = coordinator;
    this.executors = executors;
  }

  /**
   * Serves what a replica can do, on the node's own address.
   *
   * @param data the node's directory, to tell how much room is left
   * @param dataId what the cluster is to know that directory by
   * @param fatal is told when the cluster knows this node with another one
   * @throws IOException when the port cannot be had
   */
  public static ApiServer start(
      Replica replica,
      NodeEndpoint endpoint,
      ApiLimits limits,
      Path data,
      String dataId,
      FatalHandler fatal,
      InstantSource clock)
      throws IOException {
    int threads = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
    ExecutorService executor = pool("funes-api", threads);
    ExecutorService fetchExecutor = pool("funes-fetch", threads);
    ExecutorService filterExecutor = pool("funes-filter", Math.max(2, threads / 4));
    ExecutorService blocking =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().name("funes-checkpoint-sender-", 0).daemon().factory());
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("funes-health").daemon().factory());
    Peers peers = new Peers(replica::placement);
    NodeLoad load = new NodeLoad(limits);
    FetchContext fetches = new FetchContext(fetchExecutor, filterExecutor, load.fetches());
    HealthReporter health = new HealthReporter(replica);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(endpoint.host(), endpoint.clientPort()))
            .executor(executor)
            .callExecutor(produceAtOnce())
            .maxConcurrentCallsPerConnection(limits.connectionStreamsMax())
            .maxInboundMessageSize(limits.messageBytesMax())
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .initialFlowControlWindow(FLOW_CONTROL_BYTES)
            .maxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addTransportFilter(ClientConnection.filter(load, replica::placement))
            .intercept(ClientConnection.interceptor())
            .addService(health.service())
            .addService(ProtoReflectionServiceV1.newInstance());
    Coordinator coordinator = Coordinator.start(replica, clock);
    DiskStates disks = new DiskStates(replica, peers, new Unary(executor));
    builder.addService(disks);
    ClusterChanges changes = new ClusterChanges(replica, new Barriers(replica, executor));
    NodeStatus node = new NodeStatus(replica, data, version());
    ClusterStatus cluster = new ClusterStatus(replica, node, peers);
    addServices(
        builder,
        replica,
        coordinator,
        load,
        clock,
        peers,
        executor,
        blocking,
        fetches,
        new ClusterService(replica, node, cluster, changes, new Unary(executor)));
    Server server;
    try {
      server = builder.build().start();
    } catch (IOException e) {
      coordinator.close();
      throw e;
    }
    replica.scrubber().begin(new PeerBatches(replica, peers));
    replica.copyCheckpointsFrom(new PeerCheckpoints(peers));
    health.start(timer);
    load.start(timer);
    disks.start(timer);
    RaftGroupPeers raftGroupPeers = new RaftGroupPeers();
    replica.connect(raftGroupPeers);
    ClusterWatch.start(
        timer,
        new NodeRegistration(replica, dataId, changes, peers, fatal),
        new PlacementDriver(replica, cluster));
    return new ApiServer(
        server,
        health,
        peers,
        raftGroupPeers,
        coordinator,
        List.of(executor, fetchExecutor, filterExecutor, blocking, timer));
  }

  /** {@link ProduceCall} never blocks and is quick, so that it needs no thread of its own. */
  private static ServerCallExecutorSupplier produceAtOnce() {
    String produce = LogServiceGrpc.getProduceMethod().getFullMethodName();
    Executor atOnce = Runnable::run;
    return new ServerCallExecutorSupplier() {
      @Override
      public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return method.equals(produce) ? atOnce : null;
      }
    };
  }

  private static void addServices(
      NettyServerBuilder builder,
      Replica replica,
      Coordinator coordinator,
      NodeLoad load,
      InstantSource clock,
      Peers peers,
      ExecutorService executor,
      ExecutorService blocking,
      FetchContext fetches,
      ClusterService cluster) {
    ApiLimits limits = load.limits();
    Unary unary = new Unary(executor);
    Barriers barriers = new Barriers(replica, executor);
    Topics topics = new Topics(replica, barriers);
    Leaders leaders = new Leaders(replica);
    OffsetLookup lookup = new OffsetLookup(replica, topics, leaders, barriers);
    LogContext log =
        new LogContext(
            replica,
            topics,
            leaders,
            lookup,
            new BatchValidator(limits.recordBytesMax(), limits.batchBytesMax()),
            new PlainRecords(limits, clock),
            executor);
    GroupRouting routing = new GroupRouting(replica, leaders);
    GroupStates states = new GroupStates(replica, barriers);
    GroupOffsets offsets = new GroupOffsets(replica, routing, states);
    OffsetCommits commits = new OffsetCommits(replica, topics, routing, lookup);
    List<BindableService> services =
        List.of(
            new LogService(log, new ProducerIds(replica), fetches, unary),
            new TopicService(replica, topics, leaders, barriers, unary),
            new OffsetService(
                commits,
                offsets,
                new OffsetResets(
                    routing,
                    states,
                    new ResetPlans(topics, states, lookup),
                    new CoordinatedUpdates(replica::placement, coordinator)),
                new OffsetHistories(routing, states),
                new Bookmarks(replica, routing, states),
                unary),
            new GroupService(
                replica::placement,
                coordinator,
                commits,
                new GroupAdmin(replica, coordinator, routing, states, leaders),
                new GroupDescriptions(
                    replica, coordinator, routing, states, lookup, clock, executor),
                unary,
                executor),
            new ScrubService(replica, peers, unary),
            cluster,
            new RaftGroupService(replica, unary, blocking));
    services.forEach(service -> builder.addService(MalformedRequests.refused(service)));
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Ends the calls that are under way, soon. */
  @Override
  public void close() {
    health.stop();
    coordinator.close(); // members look for the next one at once
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSE_MILLIS_MAX / 10, TimeUnit.MILLISECONDS)) {
        server.shutdownNow(); // streams that follow a log never end by themselves
        server.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    peers.close();
    raftGroupPeers.close();
    executors.forEach(ExecutorService::shutdownNow);
  }

  private static ExecutorService pool(String name, int threads) {
    return Executors.newFixedThreadPool(
        threads, Thread.ofPlatform().name(name + "-", 0).daemon().factory());
  }

  private static String version() {
    String version = ApiServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

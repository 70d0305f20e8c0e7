package dev.funes.server.grpc;

import com.google.protobuf.ByteString;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatchBuilder;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One open Produce stream, asked one request at a time. */
final class ProduceCalls implements StreamObserver<ProduceResponse>, AutoCloseable {
  private final StreamObserver<ProduceRequest> requests;
  private final BlockingQueue<ProduceResponse> responses = new ArrayBlockingQueue<>(1_000);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private long lastId;

  ProduceCalls(Channel channel) {
    requests = LogServiceGrpc.newStub(channel).produce(this);
  }

  ProduceResponse ask(ProduceRequest.Builder request) throws InterruptedException {
    send(request);
    ProduceResponse response = responses.poll(20, TimeUnit.SECONDS);
    if (response == null || response.getCorrelationId() != lastId) {
      throw new AssertionError("expected an answer to " + lastId + ", was " + response);
    }
    return response;
  }

  void send(ProduceRequest.Builder request) {
    requests.onNext(request.setCorrelationId(++lastId).build());
  }

  /** Done when the node has ended the stream; failed with its status. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public void onNext(ProduceResponse response) {
    responses.add(response);
  }

  @Override
  public void onError(Throwable failure) {
    ended.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    ended.complete(null);
  }

  @Override
  public void close() {
    requests.onCompleted();
  }

  static ProduceRequest.Builder plain(String topic, int partition, String value) {
    return ProduceRequest.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setRecords(
            RecordList.newBuilder()
                .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value))));
  }

  static ProduceRequest.Builder batch(String topic, ByteBuffer batch) {
    return ProduceRequest.newBuilder().setTopic(topic).setBatch(ByteString.copyFrom(batch));
  }

  static ByteBuffer batchOf(int valueBytes, int count) {
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, Integer.MAX_VALUE / 2);
    byte[] key = "key".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < count; i++) {
      builder.append(1_000 + i, key, new byte[valueBytes], List.of());
    }
    return builder.build();
  }
}

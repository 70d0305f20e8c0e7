package dev.funes.server.grpc;

import dev.funes.proto.v1.AllocateProducerIdRequest;
import dev.funes.proto.v1.AllocateProducerIdResponse;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.ListOffsetsResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** Writes to partitions and reads from them; each call is a class of its own. */
final class LogService extends LogServiceGrpc.LogServiceImplBase {
  private final LogContext log;
  private final ProducerIds producerIds;
  private final FetchContext fetches;
  private final Unary unary;

  LogService(LogContext log, ProducerIds producerIds, FetchContext fetches, Unary unary) {
    this.log = log;
    this.producerIds = producerIds;
    this.fetches = fetches;
    this.unary = unary;
  }

  @Override
  public StreamObserver<ProduceRequest> produce(StreamObserver<ProduceResponse> responses) {
    return ProduceCall.open(log, (ServerCallStreamObserver<ProduceResponse>) responses);
  }

  @Override
  public void fetch(FetchRequest request, StreamObserver<FetchResponse> responses) {
    FetchCall.start(log, request, fetches, (ServerCallStreamObserver<FetchResponse>) responses);
  }

  @Override
  public void listOffsets(
      ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(
        responses,
        () ->
            log.offsets()
                .list(request.getPartitionsList(), request.getForwarded(), peers)
                .thenApply(
                    offsets -> ListOffsetsResponse.newBuilder().addAllOffsets(offsets).build()));
  }

  @Override
  public void allocateProducerId(
      AllocateProducerIdRequest request, StreamObserver<AllocateProducerIdResponse> responses) {
    Peers peers = ClientConnection.current().peers();
    unary.answer(responses, () -> producerIds.allocate(request, peers));
  }
}

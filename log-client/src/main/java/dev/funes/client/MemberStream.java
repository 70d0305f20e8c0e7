package dev.funes.client;

import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** One Member stream to one node. One thread at a time sends. */
final class MemberStream {
  /** Takes what the network says, on its thread; must be quick. */
  interface Events {
    void responded(MemberStream stream, MemberResponse response);

    /** Nothing more comes; a null failure: the node has ended it in order. */
    void ended(MemberStream stream, @Nullable Failure failure);
  }

  final ServerAddress address;
  private final Events events;
  private final ClientCall<MemberRequest, MemberResponse> call;
  private @Nullable StreamObserver<MemberRequest> requests;
  private boolean cancelled;

  MemberStream(ServerAddress address, Channel channel, Events events) {
    this.address = address;
    this.events = events;
    this.call = channel.newCall(GroupServiceGrpc.getMemberMethod(), CallOptions.DEFAULT);
  }

  /** Opens the stream with its first message. The events may come before this returns. */
  void start(MemberRequest first) {
    StreamObserver<MemberRequest> opened =
        ClientCalls.asyncBidiStreamingCall(call, new Responses(this, events));
    requests = opened;
    if (!cancelled) {
      opened.onNext(first);
    }
  }

  void send(MemberRequest request) {
    if (requests != null && !cancelled) {
      requests.onNext(request);
    }
  }

  void cancel() {
    if (!cancelled) {
      cancelled = true;
      call.cancel("not a member any more, or through another stream", null);
    }
  }

  private record Responses(MemberStream stream, Events events)
      implements StreamObserver<MemberResponse> {
    @Override
    public void onNext(MemberResponse response) {
      events.responded(stream, response);
    }

    @Override
    public void onError(Throwable failure) {
      events.ended(stream, Failure.of(failure));
    }

    @Override
    public void onCompleted() {
      events.ended(stream, null);
    }
  }
}

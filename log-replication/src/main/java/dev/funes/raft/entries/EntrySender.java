package dev.funes.raft.entries;

import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.InternalConfigurator;
import org.apache.ratis.thirdparty.io.grpc.InternalConfiguratorRegistry;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;

/**
 * The leader's side of all streams of entries. Ratis makes its channels itself and lets nobody at
 * them, so this is told to the gRPC that comes with Ratis, which nothing else in the process uses.
 */
public final class EntrySender implements ClientInterceptor {

  private EntrySender() {}

  /** Call it before Ratis makes its first channel. */
  public static synchronized void install() {
    if (InternalConfiguratorRegistry.wasSetConfiguratorsCalled()) {
      return;
    }
    InternalConfiguratorRegistry.setConfigurators(
        List.of(
            new InternalConfigurator() {
              @Override
              public void configureChannelBuilder(ManagedChannelBuilder<?> builder) {
                builder.intercept(new EntrySender());
              }
            }));
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCall<Q, A> call = next.newCall(method, options);
    if (!method
        .getFullMethodName()
        .equals(RaftServerProtocolServiceGrpc.getAppendEntriesMethod().getFullMethodName())) {
      return call;
    }
    @SuppressWarnings("unchecked") // as the method's name says
    ClientCall<Q, A> led =
        (ClientCall<Q, A>)
            new LeaderCall((ClientCall<AppendEntriesRequestProto, AppendEntriesReplyProto>) call);
    return led;
  }
}

package dev.funes.chaos.proxy;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.NodeAddress;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;

/** Puts the proxies' addresses in the place of the nodes', so that no client finds a way around. */
final class Addresses {
  /** Those of nodes, with those of their proxies. */
  private final Map<NodeAddress, NodeAddress> proxies;

  Addresses(Map<NodeAddress, NodeAddress> proxies) {
    this.proxies = Map.copyOf(proxies);
  }

  Message replaced(Message message) {
    if (message instanceof NodeAddress address) {
      NodeAddress key = address.toBuilder().setNodeId(0).build();
      NodeAddress proxy = proxies.get(key);
      return proxy == null ? address : proxy.toBuilder().setNodeId(address.getNodeId()).build();
    }
    Message.Builder builder = null;
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      FieldDescriptor name = field.getKey();
      if (name.getJavaType() != FieldDescriptor.JavaType.MESSAGE || name.isMapField()) {
        continue;
      }
      builder = builder == null ? message.toBuilder() : builder;
      if (name.isRepeated()) {
        List<?> values = (List<?>) field.getValue();
        for (int i = 0; i < values.size(); i++) {
          builder.setRepeatedField(name, i, replaced((Message) values.get(i)));
        }
      } else {
        builder.setField(name, replaced((Message) field.getValue()));
      }
    }
    return builder == null ? message : builder.build();
  }

  /** The trailers of a failed call, which may name the leader. */
  Metadata replaced(Status status, Metadata trailers) {
    com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
    if (details == null || details.getDetailsCount() == 0) {
      return trailers;
    }
    com.google.rpc.Status.Builder changed = details.toBuilder().clearDetails();
    for (Any detail : details.getDetailsList()) {
      try {
        changed.addDetails(
            detail.is(Error.class) ? Any.pack(replaced(detail.unpack(Error.class))) : detail);
      } catch (InvalidProtocolBufferException e) {
        changed.addDetails(detail);
      }
    }
    Metadata replaced = StatusProto.toStatusRuntimeException(changed.build()).getTrailers();
    return replaced == null ? trailers : replaced;
  }
}

package io.swipestream.streams;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** The headers that every record of the system carries: the trace goes on, the id is made of the input's place. */
final class OutgoingHeaders {
    private static final String[] TRACE = {"traceparent", "tracestate"};

    private final byte[] producedBy;

    OutgoingHeaders(String producedBy) {
        this.producedBy = producedBy.getBytes(StandardCharsets.UTF_8);
    }

    /** @param number of the output among those of one input */
    Headers of(Headers received, RecordMetadata origin, int number) {
        RecordHeaders headers = new RecordHeaders();
        for (String name : TRACE) {
            Header trace = received.lastHeader(name);
            if (trace != null) headers.add(trace);
        }
        String id = origin.topic() + "-" + origin.partition() + "-" + origin.offset() + "-" + number;
        headers.add("message-id", id.getBytes(StandardCharsets.UTF_8));
        headers.add("produced-by", producedBy);
        return headers;
    }
}

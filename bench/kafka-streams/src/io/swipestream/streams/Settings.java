package io.swipestream.streams;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;

/**
 * All that is set of Kafka Streams, in one place. What is not here has Streams' own defaults, among them: 10 MiB of
 * cache for the stores; producers with acks=all, idempotence, linger.ms=100 and batches of 16 KiB; consumers that read
 * committed records, at most 1,000 a poll; copies of internal topics as the broker makes them.
 */
final class Settings {
    private Settings() {}

    static Properties of(Options options, Path stateDir) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, options.applicationId());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, options.commitIntervalMs());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.threads());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        settings.putAll(options.settings());
        return settings;
    }
}

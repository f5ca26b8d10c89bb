package io.swipestream.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;

/**
 * The peer of fraud-service: five stateful rules on Kafka Streams, exactly once. Prints one line of JSON when it runs,
 * ends in order on SIGTERM, and ends with exit code 1 when a thread of it fails.
 */
public final class FraudPeer {
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);

    private FraudPeer() {}

    public static void main(String[] args) throws IOException {
        Options options;
        try {
            options = Options.of(args);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        run(options);
    }

    private static void run(Options options) throws IOException {
        Path stateDir = options.stateDir() == null ? Files.createTempDirectory("kafka-streams-peer-") : Path.of(options.stateDir());
        KafkaStreams streams = new KafkaStreams(topology(options), Settings.of(options, stateDir));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean said = new AtomicBoolean();
        streams.setUncaughtExceptionHandler(error -> {
            failure.compareAndSet(null, error);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING && said.compareAndSet(false, true)) System.out.println(running(options));
            // From a thread of its own: the hook below waits for the one that calls this.
            if (now == KafkaStreams.State.ERROR) new Thread(() -> System.exit(1)).start();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // The group hears of it at once, and does not wait for the session to time out.
            boolean ended = streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP).withTimeout(END_PATIENCE));
            if (options.stateDir() == null) remove(stateDir);
            // Kafka Streams has logged it with its stack. The last line is what went wrong at first.
            if (failure.get() != null) System.err.println(rootOf(failure.get()));
            // SIGTERM would give 143, as if it had not ended in order.
            Runtime.getRuntime().halt(ended && failure.get() == null ? 0 : 1);
        }));
        streams.start();
        if (options.endWithInput()) endWithInput();
    }

    /** Bytes in, bytes out: nothing is decoded that is not looked at. */
    private static Topology topology(Options options) {
        var supplier = options.rocksdb() ? Stores.persistentKeyValueStore(FraudProcessor.STORE) : Stores.inMemoryKeyValueStore(FraudProcessor.STORE);
        var bytes = Serdes.ByteArray();
        return new Topology()
            .addSource("transactions", bytes.deserializer(), bytes.deserializer(), options.input())
            .addProcessor("fraud", () -> new FraudProcessor(options), "transactions")
            // With the cache, the changelog gets one record a card and commit.
            .addStateStore(Stores.keyValueStoreBuilder(supplier, bytes, CardState.serde()).withCachingEnabled(), "fraud")
            .addSink(FraudProcessor.DECISIONS, options.decisions(), bytes.serializer(), bytes.serializer(), "fraud")
            .addSink(FraudProcessor.ALERTS, options.alerts(), bytes.serializer(), bytes.serializer(), "fraud");
    }

    private static String running(Options options) {
        return String.format(
            "{\"state\":\"RUNNING\",\"kafkaStreams\":\"%s\",\"java\":\"%s\",\"guarantee\":\"%s\",\"threads\":%d,\"commitIntervalMs\":%d,\"store\":\"%s\"}",
            AppInfoParser.getVersion(), Runtime.version(), StreamsConfig.EXACTLY_ONCE_V2, options.threads(), options.commitIntervalMs(),
            options.rocksdb() ? "rocksdb" : "memory");
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) root = root.getCause();
        return root;
    }

    private static void endWithInput() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) continue;
            } catch (IOException gone) {
                // As good as the end.
            }
            System.exit(0);
        });
        watch.setDaemon(true);
        watch.start();
    }

    private static void remove(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException | UncheckedIOException error) {
            System.err.println("left behind: " + directory + " (" + error.getMessage() + ")");
        }
    }
}

package io.swipestream.streams;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the program is started with.
 *
 * @param stateDir null: a temporary directory that goes with the program
 * @param settings of Kafka Streams, by the names of its documentation; they come last, and so win
 * @param endWithInput whether the program ends when its standard input does: when whoever started it has gone
 */
record Options(
    String bootstrap, String applicationId, String input, String decisions, String alerts, SchemaIds schemaIds,
    int threads, long commitIntervalMs, boolean rocksdb, String stateDir, Map<String, String> settings, boolean endWithInput) {

    static final String USAGE = """
        --bootstrap HOST:PORT,…  --application-id NAME  --input TOPIC  --decisions TOPIC  --alerts TOPIC
        --schema-ids transaction=ID,decision=ID,alert=ID
        [--threads 1] [--commit-interval-ms 100] [--store memory|rocksdb] [--state-dir DIR] [--end-with-input true]
        [--set NAME=VALUE]…   any setting of Kafka Streams, such as producer.linger.ms=5""";

    private static final Set<String> NAMES = Set.of(
        "bootstrap", "application-id", "input", "decisions", "alerts", "schema-ids", "threads", "commit-interval-ms", "store",
        "state-dir", "end-with-input");

    /** Ids that the schema registry gave. */
    record SchemaIds(int transaction, int decision, int alert) {}

    /** @throws IllegalArgumentException that says what is wrong */
    static Options of(String[] args) {
        Map<String, String> given = new HashMap<>();
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            if (i + 1 == args.length) throw new IllegalArgumentException(args[i] + " lacks its value");
            if (name.equals("set")) settings.putAll(pairs(args[i], args[i + 1]));
            else if (NAMES.contains(name)) given.put(name, args[i + 1]);
            else throw new IllegalArgumentException("no such option: " + args[i]);
        }
        Map<String, String> ids = new HashMap<>();
        for (String pair : required(given, "schema-ids").split(",")) ids.putAll(pairs("--schema-ids", pair));
        String store = given.getOrDefault("store", "memory");
        if (!store.equals("memory") && !store.equals("rocksdb")) throw new IllegalArgumentException("--store is memory or rocksdb, not " + store);
        return new Options(
            required(given, "bootstrap"), required(given, "application-id"), required(given, "input"), required(given, "decisions"),
            required(given, "alerts"), new SchemaIds(number(ids, "transaction", null), number(ids, "decision", null), number(ids, "alert", null)),
            number(given, "threads", "1"), number(given, "commit-interval-ms", "100"), store.equals("rocksdb"),
            given.get("state-dir"), settings, Boolean.parseBoolean(given.get("end-with-input")));
    }

    private static Map<String, String> pairs(String option, String text) {
        int sign = text.indexOf('=');
        if (sign < 1) throw new IllegalArgumentException(option + " takes NAME=VALUE, not " + text);
        return Map.of(text.substring(0, sign), text.substring(sign + 1));
    }

    private static String required(Map<String, String> given, String name) {
        String value = given.get(name);
        if (value == null || value.isEmpty()) throw new IllegalArgumentException("--" + name + " is required");
        return value;
    }

    private static int number(Map<String, String> given, String name, String preset) {
        String text = given.getOrDefault(name, preset);
        if (text == null) throw new IllegalArgumentException("--schema-ids lacks " + name);
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) return value;
        } catch (NumberFormatException cause) {
            // Said below, with those below zero.
        }
        throw new IllegalArgumentException(name + " is a whole number from 0, not " + text);
    }
}

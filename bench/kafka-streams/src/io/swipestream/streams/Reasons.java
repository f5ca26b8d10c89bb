package io.swipestream.streams;

/** The reasons of one decision, written as Avro as they come: decision and alert hold the same bytes. Reused. */
final class Reasons {
    private static final int MAX_SCORE = 1000;

    private final AvroWriter items = new AvroWriter();
    private int count;
    private int sum;
    /** Measurements still to come of the reason being written. */
    private int remaining;

    void clear() {
        items.clear();
        count = 0;
        sum = 0;
    }

    /** A reason begins; its text must follow. */
    void begin(Rule rule) {
        count++;
        sum += rule.weight;
        items.writeText(rule.id);
        items.writeLong(Rule.VERSION);
        items.writeLong(rule.weight);
    }

    /** @param measurements how many follow */
    void text(String text, int measurements) {
        items.writeText(text);
        items.writeLong(measurements);
        remaining = measurements;
    }

    /** @param unit null for none */
    void evidence(String name, double value, String unit) {
        items.writeText(name);
        items.writeLong(0); // of double and string
        items.writeDouble(value);
        items.writeLong(unit == null ? 0 : 1);
        if (unit != null) items.writeText(unit);
        if (--remaining == 0) items.writeLong(0); // no further block
    }

    int score() {
        return Math.min(MAX_SCORE, sum);
    }

    /** As an Avro array: one block, and its end. */
    void write(AvroWriter to) {
        if (count > 0) {
            to.writeLong(count);
            to.writeAll(items);
        }
        to.writeLong(0);
    }
}

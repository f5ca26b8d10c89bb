package io.swipestream.streams;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What is remembered of a card: what the five rules need, and no more.
 *
 * @param activity see Ring
 * @param recent see Recent; its first number is the newest event time that was counted
 * @param placeAt when the card was at its last place; NO_PLACE when none is known
 */
record CardState(long[] activity, long[] recent, double latitude, double longitude, long placeAt) {
    static final long NO_PLACE = Long.MIN_VALUE;
    static final CardState NEW = new CardState(new long[0], new long[0], 0, 0, NO_PLACE);

    /** As Avro writes numbers: most take one to three bytes. */
    static Serde<CardState> serde() {
        return Serdes.serdeFrom(new Writing(), new Reading());
    }

    /** One serializer serves all tasks of the process, in several threads. */
    private static final class Writing implements Serializer<CardState> {
        private final ThreadLocal<AvroWriter> writers = ThreadLocal.withInitial(AvroWriter::new);

        @Override
        public byte[] serialize(String topic, CardState state) {
            if (state == null) return null;
            AvroWriter out = writers.get();
            out.clear();
            write(out, state.activity);
            write(out, state.recent);
            out.writeLong(state.placeAt);
            if (state.placeAt != NO_PLACE) {
                out.writeDouble(state.latitude);
                out.writeDouble(state.longitude);
            }
            return out.toBytes();
        }

        private static void write(AvroWriter out, long[] numbers) {
            out.writeLong(numbers.length);
            for (long number : numbers) out.writeLong(number);
        }
    }

    private static final class Reading implements Deserializer<CardState> {
        private final ThreadLocal<AvroReader> readers = ThreadLocal.withInitial(AvroReader::new);

        @Override
        public CardState deserialize(String topic, byte[] bytes) {
            if (bytes == null) return null;
            AvroReader in = readers.get().over(bytes, 0);
            long[] activity = read(in);
            long[] recent = read(in);
            long placeAt = in.readLong();
            boolean hasPlace = placeAt != NO_PLACE;
            return new CardState(activity, recent, hasPlace ? in.readDouble() : 0, hasPlace ? in.readDouble() : 0, placeAt);
        }

        private static long[] read(AvroReader in) {
            long[] numbers = new long[(int) in.readLong()];
            for (int i = 0; i < numbers.length; i++) numbers[i] = in.readLong();
            return numbers;
        }
    }
}

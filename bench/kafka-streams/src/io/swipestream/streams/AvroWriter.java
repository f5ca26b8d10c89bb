package io.swipestream.streams;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes Avro's binary encoding into a buffer that is reused and grows. */
final class AvroWriter {
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[1024];
    private int length;

    void clear() {
        length = 0;
    }

    /** Confluent's wire format: a byte 0 and the schema's id come before the value. */
    void startFramed(int schemaId) {
        length = 0;
        room(5);
        bytes[length++] = 0;
        for (int shift = 24; shift >= 0; shift -= 8) bytes[length++] = (byte) (schemaId >> shift);
    }

    void writeLong(long value) {
        room(10);
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7fL) != 0) {
            bytes[length++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        bytes[length++] = (byte) zigzag;
    }

    void writeDouble(double value) {
        room(Double.BYTES);
        DOUBLE.set(bytes, length, value);
        length += Double.BYTES;
    }

    void writeText(Text text) {
        writeLong(text.length);
        writeRaw(text.bytes, text.from, text.length);
    }

    void writeText(byte[] utf8) {
        writeLong(utf8.length);
        writeRaw(utf8, 0, utf8.length);
    }

    void writeText(String text) {
        writeText(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A union of null and string. */
    void writeOptionalText(Text text) {
        writeLong(text.isThere() ? 1 : 0);
        if (text.isThere()) writeText(text);
    }

    /** What another has written, as it is. */
    void writeAll(AvroWriter other) {
        writeRaw(other.bytes, 0, other.length);
    }

    void writeRaw(byte[] from, int start, int count) {
        room(count);
        System.arraycopy(from, start, bytes, length, count);
        length += count;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
}

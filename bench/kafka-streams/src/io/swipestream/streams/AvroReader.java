package io.swipestream.streams;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads Avro's binary encoding from bytes in memory. Reused; copies nothing. Beyond the end it throws IndexOutOfBoundsException. */
final class AvroReader {
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int at;

    AvroReader over(byte[] bytes, int from) {
        this.bytes = bytes;
        at = from;
        return this;
    }

    boolean isAtEnd() {
        return at == bytes.length;
    }

    /** An int or long: zigzag, seven bits a byte. */
    long readLong() {
        int next = bytes[at++];
        long value = next & 0x7f;
        for (int shift = 7; next < 0; shift += 7) {
            if (shift > 63) throw new IndexOutOfBoundsException("a number of more than ten bytes");
            next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
        }
        return (value >>> 1) ^ -(value & 1);
    }

    double readDouble() {
        double value = (double) DOUBLE.get(bytes, at);
        at += Double.BYTES;
        return value;
    }

    void readText(Text into) {
        int length = readLength();
        into.bytes = bytes;
        into.from = at;
        into.length = length;
        at += length;
    }

    void skipText() {
        int length = readLength();
        at += length;
    }

    /** Of a union of null and another type: whether the other follows. */
    boolean readIsThere() {
        long branch = readLong();
        if (branch != 0 && branch != 1) throw new IndexOutOfBoundsException("branch " + branch + " of a union of two");
        return branch == 1;
    }

    void readOptionalText(Text into) {
        if (readIsThere()) readText(into);
        else into.none();
    }

    private int readLength() {
        long length = readLong();
        if (length < 0 || length > bytes.length - at) throw new IndexOutOfBoundsException("a text of " + length + " bytes");
        return (int) length;
    }
}

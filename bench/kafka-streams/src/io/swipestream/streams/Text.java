package io.swipestream.streams;

/** A text as it stands in a record: UTF-8 bytes that are looked at in place. Reused from record to record. */
final class Text {
    byte[] bytes;
    int from;
    /** -1: there is none. */
    int length = -1;

    void none() {
        length = -1;
    }

    boolean isThere() {
        return length >= 0;
    }
}

package io.swipestream.streams;

/** The hash by which fraud-service remembers ids (features/hash.ts): 48 bits, so that a state stays small. */
final class Hash {
    private Hash() {}

    /** Of an ASCII text, such as a UUID. */
    static long ofId(Text text) {
        int high = 0x9747b28c;
        int low = 0x1b873593;
        for (int i = text.from; i < text.from + text.length; i++) {
            int code = text.bytes[i];
            high = ((high ^ code) * 0x5bd1e995) ^ (high >>> 15);
            low = ((low ^ code) * 0x5bd1e995) ^ (low >>> 15);
        }
        return Integer.toUnsignedLong(finish(high)) << 16 | finish(low) >>> 16;
    }

    /** The finaliser of MurmurHash3 (public domain). */
    private static int finish(int hash) {
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }
}

package io.swipestream.streams;

import java.util.Arrays;

/**
 * A card's last transactions, as fraud-service's features/recent.ts has them. Three longs each, newest first by event
 * time: milliseconds before the one in front of it (the first: since the Unix epoch), hash of its id, reference cents or
 * NO_AMOUNT. Kept are the newest 8, and those of the hour before the newest, never more than 64.
 *
 * An instance is the scratch of one task; the lists are its callers'.
 */
final class Recent {
    static final long NO_AMOUNT = -1;

    private static final int STRIDE = 3;
    private static final int ALWAYS_KEPT = 8;
    private static final int MAX_KEPT = 64;
    private static final long KEPT_MS = 3_600_000;
    /** Greatest small amount, in reference cents. */
    private static final long SMALL_AMOUNT = 200;

    private final long[] draft = new long[(MAX_KEPT + 1) * STRIDE];
    private int length;
    private long before;
    private long newest;

    static boolean has(long[] recent, long id) {
        for (int i = 1; i < recent.length; i += STRIDE) if (recent[i] == id) return true;
        return false;
    }

    /** The list with one more transaction, which must not be in it yet, as an array of its own. */
    long[] add(long[] recent, long at, long id, long amount) {
        length = 0;
        boolean pending = true;
        long time = 0;
        for (int i = 0; i < recent.length; i += STRIDE) {
            time = i == 0 ? recent[0] : time - recent[i];
            if (pending && (at > time || (at == time && id > recent[i + 1]))) {
                pending = false;
                if (!keep(at, id, amount)) return Arrays.copyOf(draft, length);
            }
            if (!keep(time, recent[i + 1], recent[i + 2])) return Arrays.copyOf(draft, length);
        }
        if (pending) keep(at, id, amount);
        return Arrays.copyOf(draft, length);
    }

    private boolean keep(long at, long id, long amount) {
        if (length == 0) newest = at;
        int count = length / STRIDE;
        if (count >= MAX_KEPT || (count >= ALWAYS_KEPT && newest - at > KEPT_MS)) return false;
        draft[length] = length == 0 ? at : before - at;
        draft[length + 1] = id;
        draft[length + 2] = amount;
        length += STRIDE;
        before = at;
        return true;
    }

    /** Small amounts right before a time in an unbroken run, with no more than an hour from one to the next. */
    static int smallRun(long[] recent, long at) {
        int run = 0;
        long time = 0;
        long next = at;
        for (int i = 0; i < recent.length; i += STRIDE) {
            time = i == 0 ? recent[0] : time - recent[i];
            if (time > at) continue;
            long amount = recent[i + 2];
            if (next - time > KEPT_MS || amount > SMALL_AMOUNT || amount == NO_AMOUNT) break;
            run++;
            next = time;
        }
        return run;
    }
}

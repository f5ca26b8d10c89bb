package io.swipestream.streams;

import java.util.Arrays;

/**
 * Counts and sums over sliding windows of event time, in buckets that grow with age: fraud-service's features/ring.ts,
 * bucket by bucket, so that both programs see the same numbers. Four longs a bucket, newest first: how many units of 6 s
 * it starts before the one in front of it (the first: since the Unix epoch), count, sum of cents, sum of square euros.
 *
 * An instance is the scratch of one task; the rings are its callers'.
 */
final class Ring {
    /** Windows, shortest first: 1 min, 10 min, 1 h, 1 d, 7 d, 30 d. */
    static final int MINUTE = 0;
    static final int HOUR = 2;
    static final int MONTH = 5;
    static final int WINDOWS = 6;
    static final int COLUMNS = 3;

    private static final int STRIDE = COLUMNS + 1;
    private static final long UNIT_MS = 6_000;
    /** Length of each window, in units, and width of its buckets. */
    private static final long[] LENGTHS = {10, 100, 600, 14_400, 100_800, 432_000};
    private static final long[] WIDTHS = {1, 10, 60, 600, 3_600, 14_400};
    /** A window can be read so many units before the newest event with an error of one bucket. */
    private static final long SHARP = 100;
    private static final int MAX_BUCKETS = 241;
    private static final long MAX_SUM = (1L << 53) - 1;

    /** What starts before cuts[k] is kept in buckets wider than WIDTHS[k], or forgotten. */
    private final long[] cuts = new long[WINDOWS];
    private final long[] cutsBefore = new long[WINDOWS];
    private final long[] draft = new long[(MAX_BUCKETS + 1) * STRIDE];

    private static void cutAt(long newest, long[] into) {
        for (int k = 0; k < WINDOWS; k++) {
            // Aligned to the wider bucket, so that one is never half merged.
            into[k] = alignTo(WIDTHS[k < WINDOWS - 1 ? k + 1 : k], newest - LENGTHS[k] - SHARP);
        }
    }

    private static long alignTo(long width, long start) {
        return Math.floorDiv(start, width) * width;
    }

    /** The ring with one more event, as an array of its own. @param at event time, milliseconds since the Unix epoch */
    long[] add(long[] ring, long at, long first, long second, long third) {
        long unit = Math.floorDiv(at, UNIT_MS);
        long newestBefore = ring.length == 0 ? unit : ring[0];
        cutAt(newestBefore, cutsBefore);
        cutAt(Math.max(unit, newestBefore), cuts);
        int myTier = 0;
        while (myTier < WINDOWS && unit < cuts[myTier]) myTier++;
        // Too old for any bucket: only the others are aged.
        boolean pending = myTier < WINDOWS;
        long mine = pending ? alignTo(WIDTHS[myTier], unit) : 0;
        int length = 0;
        long last = Long.MIN_VALUE;
        long start = 0;
        int tier = 0;
        int tierBefore = 0;
        for (int i = 0; i < ring.length; ) {
            long next = i == 0 ? ring[0] : start - ring[i];
            while (tier < WINDOWS && next < cuts[tier]) tier++;
            if (tier == WINDOWS) break;
            while (next < cutsBefore[tierBefore]) tierBefore++;
            long aligned = tier == tierBefore ? next : alignTo(WIDTHS[tier], next);
            boolean isMine = pending && mine >= aligned;
            length = isMine
                ? put(length, last, mine, first, second, third)
                : put(length, last, aligned, ring[i + 1], ring[i + 2], ring[i + 3]);
            last = isMine ? mine : aligned;
            if (isMine) {
                pending = false;
            } else {
                start = next;
                i += STRIDE;
            }
        }
        if (pending) length = put(length, last, mine, first, second, third);
        return Arrays.copyOf(draft, length);
    }

    /** Adds to the last bucket of the draft, or begins another; gives the draft's length. */
    private int put(int length, long last, long begins, long first, long second, long third) {
        if (length > 0 && begins == last) {
            draft[length - 3] = sumOf(draft[length - 3], first);
            draft[length - 2] = sumOf(draft[length - 2], second);
            draft[length - 1] = sumOf(draft[length - 1], third);
            return length;
        }
        draft[length] = length == 0 ? begins : last - begins;
        draft[length + 1] = first;
        draft[length + 2] = second;
        draft[length + 3] = third;
        return length + STRIDE;
    }

    private static long sumOf(long a, long b) {
        return Math.min(MAX_SUM, a + b);
    }

    /** What was added up in each window that ends at a time: COLUMNS numbers a window, into `sums`. */
    void read(long[] ring, long at, long[] sums) {
        if (ring.length > 0) cutAt(ring[0], cuts);
        long unit = Math.floorDiv(at, UNIT_MS);
        long first = 0;
        long second = 0;
        long third = 0;
        int tier = 0;
        long start = 0;
        int i = 0;
        for (int window = 0; window < WINDOWS; window++) {
            long edge = unit - LENGTHS[window];
            for (; i < ring.length; i += STRIDE) {
                long next = i == 0 ? ring[0] : start - ring[i];
                while (tier < WINDOWS - 1 && next < cuts[tier]) tier++;
                if (next + WIDTHS[tier] <= edge) break;
                start = next;
                if (start > unit) continue;
                first += ring[i + 1];
                second += ring[i + 2];
                third += ring[i + 3];
            }
            sums[window * COLUMNS] = first;
            sums[window * COLUMNS + 1] = second;
            sums[window * COLUMNS + 2] = third;
        }
    }
}

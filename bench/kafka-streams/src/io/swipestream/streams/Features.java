package io.swipestream.streams;

/** What the five rules look at, of one transaction: fraud-service's features/features.ts as far as they need it. Reused. */
final class Features {
    /** What cannot be known is NaN: no comparison with it holds, so that no rule fires for want of a number. */
    static final double ABSENT = Double.NaN;

    /** Means and deviations below one euro count as one. */
    private static final double LEAST_EURO = 1;

    Currency currency;
    /** In the currency's own unit. */
    double amount;
    long count1m;
    long count1h;
    long count30d;
    /** EUR. */
    double mean30d;
    double amountRatio30d;
    double amountDeviations30d;
    int smallRun;
    double distanceKm;
    double speedKmh;

    private final long[] windows = new long[Ring.WINDOWS * Ring.COLUMNS];

    /** @param cents the amount in reference cents, or Recent.NO_AMOUNT */
    void see(Transaction tx, Currency currency, long cents, CardState card, Ring ring) {
        this.currency = currency;
        amount = currency.inUnits(tx.amountMinor);
        ring.read(card.activity(), tx.occurredAt, windows);
        count1m = windows[Ring.MINUTE * Ring.COLUMNS];
        count1h = windows[Ring.HOUR * Ring.COLUMNS];
        count30d = windows[Ring.MONTH * Ring.COLUMNS];
        compareWithHistory(cents);
        smallRun = Recent.smallRun(card.recent(), tx.occurredAt);
        travel(tx, card);
    }

    private void compareWithHistory(long cents) {
        mean30d = amountRatio30d = amountDeviations30d = ABSENT;
        if (count30d == 0) return;
        mean30d = windows[Ring.MONTH * Ring.COLUMNS + 1] / 100.0 / count30d;
        if (cents == Recent.NO_AMOUNT) return;
        double euros = cents / 100.0;
        amountRatio30d = euros / Math.max(LEAST_EURO, mean30d);
        if (count30d < 2) return;
        double squares = windows[Ring.MONTH * Ring.COLUMNS + 2];
        double deviation = Math.sqrt(Math.max(0, squares / count30d - mean30d * mean30d));
        amountDeviations30d = (euros - mean30d) / Math.max(LEAST_EURO, deviation);
    }

    private void travel(Transaction tx, CardState card) {
        distanceKm = speedKmh = ABSENT;
        if (card.placeAt() == CardState.NO_PLACE || !tx.hasPlace || !Travel.isOnEarth(tx.latitude, tx.longitude)) return;
        distanceKm = Travel.distanceKm(card.latitude(), card.longitude(), tx.latitude, tx.longitude);
        speedKmh = Travel.speedKmh(distanceKm, card.placeAt(), tx.occurredAt);
    }
}

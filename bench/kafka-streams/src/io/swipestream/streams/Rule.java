package io.swipestream.streams;

/** The five rules, as deploy/rules has them. Greatest weight first: the order in which a decision gives its reasons. */
enum Rule {
    IMPOSSIBLE_TRAVEL("impossible_travel", 850) {
        @Override
        boolean fires(Features of) {
            return of.distanceKm >= Travel.SAME_PLACE_KM && of.speedKmh > Travel.MAX_SPEED_KMH;
        }

        @Override
        void explain(Features of, Reasons to) {
            to.text("Used " + Show.number(of.distanceKm, 0) + " km from the card's last place, with "
                + Show.duration(3600.0 * of.distanceKm / of.speedKmh) + " between the two: " + Show.number(of.speedKmh, 0)
                + " km/h, faster than any journey.", 2);
            to.evidence("tx.distance_km", of.distanceKm, "km");
            to.evidence("tx.speed_kmh", of.speedKmh, "km/h");
        }
    },
    CARD_TESTING("card_testing", 550) {
        @Override
        boolean fires(Features of) {
            return of.smallRun >= 3;
        }

        @Override
        void explain(Features of, Reasons to) {
            to.text(Show.number(of.smallRun, 0) + " small amounts came right before this one: a thief tries whether the card works.", 1);
            to.evidence("card.small_run", of.smallRun, null);
        }
    },
    VELOCITY("velocity", 400) {
        @Override
        boolean fires(Features of) {
            return of.count1m >= 3 || of.count1h >= 12;
        }

        @Override
        void explain(Features of, Reasons to) {
            to.text("The card was used " + Show.number(of.count1m, 0) + " times in the minute before and "
                + Show.number(of.count1h, 0) + " times in the hour before.", 2);
            to.evidence("card.count_1m", of.count1m, null);
            to.evidence("card.count_1h", of.count1h, null);
        }
    },
    AMOUNT_AGAINST_HISTORY("amount_against_history", 300) {
        @Override
        boolean fires(Features of) {
            return of.count30d >= 5 && of.amountRatio30d > 3.0 && of.amountDeviations30d > 2.0;
        }

        @Override
        void explain(Features of, Reasons to) {
            to.text(Show.money(of.amount, of.currency) + " is " + Show.number(of.amountRatio30d, 1) + " times the mean of the card's "
                + Show.number(of.count30d, 0) + " transactions in 30 days, " + Show.euros(of.mean30d) + ", and "
                + Show.number(of.amountDeviations30d, 1) + " deviations above it.", 5);
            to.evidence("card.count_30d", of.count30d, null);
            to.evidence("card.amount_ratio_30d", of.amountRatio30d, null);
            to.evidence("card.amount_deviations_30d", of.amountDeviations30d, null);
            to.evidence("tx.amount", of.amount, of.currency.code);
            to.evidence("card.mean_30d", of.mean30d, "EUR");
        }
    },
    LARGE_AMOUNT("large_amount", 250) {
        @Override
        boolean fires(Features of) {
            return of.amount > of.currency.limit;
        }

        @Override
        void explain(Features of, Reasons to) {
            to.text("The amount " + Show.money(of.amount, of.currency) + " is above the limit of "
                + Show.money(of.currency.limit, of.currency) + ".", 2);
            to.evidence("tx.amount", of.amount, of.currency.code);
            to.evidence("rule.limit", of.currency.limit, of.currency.code);
        }
    };

    static final int VERSION = 1;
    private static final Rule[] ALL = values();

    final String id;
    final int weight;

    Rule(String id, int weight) {
        this.id = id;
        this.weight = weight;
    }

    abstract boolean fires(Features of);

    /** Why it fired: the text, the number of its measurements, and those. */
    abstract void explain(Features of, Reasons to);

    /** Asks every rule, and collects the reasons of those that fire. */
    static void judge(Features of, Reasons to) {
        to.clear();
        for (Rule rule : ALL) {
            if (!rule.fires(of)) continue;
            to.begin(rule);
            rule.explain(of, to);
        }
    }
}

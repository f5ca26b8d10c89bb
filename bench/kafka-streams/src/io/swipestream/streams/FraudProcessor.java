package io.swipestream.streams;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Judges transactions: one decision each, an alert for those not approved, and the card's state after it. One instance a
 * task, which is a partition of the input: everything in it is reused from record to record.
 */
final class FraudProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    static final String STORE = "cards";
    static final String DECISIONS = "decisions";
    static final String ALERTS = "alerts";

    /** What is older than the card's newest transaction by more than this is judged, and not counted. */
    private static final long LATE_BOUND_MS = 86_400_000;
    /** So is what claims to have happened so long after its arrival: a terminal's clock is wrong. */
    private static final long AHEAD_BOUND_MS = 600_000;

    private final Transaction tx;
    private final Decisions decisions;
    private final OutgoingHeaders headers;
    private final Ring ring = new Ring();
    private final Recent recent = new Recent();
    private final Features features = new Features();
    private final Reasons reasons = new Reasons();
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], CardState> cards;

    FraudProcessor(Options options) {
        tx = new Transaction(options.schemaIds().transaction());
        decisions = new Decisions(options.schemaIds(), options.input());
        headers = new OutgoingHeaders(options.applicationId());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        cards = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata origin = context.recordMetadata().orElseThrow();
        read(record, origin);
        byte[] key = record.key();
        CardState known = cards.get(key);
        CardState card = known == null ? CardState.NEW : known;
        long id = Hash.ofId(tx.transactionId);
        // Of a transaction that comes twice the first decision stands.
        if (Recent.has(card.recent(), id)) return;

        Currency currency = Currency.of(tx.currency);
        long cents = currency.reference(tx.amountMinor);
        features.see(tx, currency, cents, card, ring);
        Rule.judge(features, reasons);
        if (counts(card)) cards.put(key, after(card, id, cents));

        long now = System.currentTimeMillis();
        byte[] decision = decisions.decision(tx, reasons, origin.partition(), origin.offset(), now);
        context.forward(new Record<>(key, decision, record.timestamp(), headers.of(record.headers(), origin, 0)), DECISIONS);
        if (Decisions.outcomeOf(reasons.score()) == Decisions.APPROVE) return;
        byte[] alert = decisions.alert(tx, reasons, now);
        context.forward(new Record<>(key, alert, record.timestamp(), headers.of(record.headers(), origin, 1)), ALERTS);
    }

    private void read(Record<byte[], byte[]> record, RecordMetadata origin) {
        try {
            if (record.key() == null) throw new IllegalArgumentException("it has no key");
            tx.read(record.value());
        } catch (IllegalArgumentException wrong) {
            String place = origin.topic() + "-" + origin.partition() + "@" + origin.offset();
            throw new IllegalArgumentException("the record " + place + " cannot be judged: " + wrong.getMessage());
        }
    }

    private boolean counts(CardState card) {
        if (tx.occurredAt > tx.receivedAt + AHEAD_BOUND_MS) return false;
        return card.recent().length == 0 || tx.occurredAt >= card.recent()[0] - LATE_BOUND_MS;
    }

    /** A place that nobody could have reached from the last one is not believed. */
    private CardState after(CardState card, long id, long cents) {
        long at = tx.occurredAt;
        long counted = cents == Recent.NO_AMOUNT ? 0 : cents;
        double euros = counted / 100.0;
        boolean believed = Double.isNaN(features.distanceKm) || Travel.isPossible(features.distanceKm, features.speedKmh);
        boolean moves = tx.hasPlace && Travel.isOnEarth(tx.latitude, tx.longitude) && believed && at >= card.placeAt();
        return new CardState(
            ring.add(card.activity(), at, 1, counted, Math.round(euros * euros)),
            recent.add(card.recent(), at, id, cents),
            moves ? tx.latitude : card.latitude(),
            moves ? tx.longitude : card.longitude(),
            moves ? at : card.placeAt());
    }
}

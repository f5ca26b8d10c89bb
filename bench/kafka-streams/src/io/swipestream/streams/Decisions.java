package io.swipestream.streams;

import java.nio.charset.StandardCharsets;

/** Writes FraudDecision and FraudAlert of libs/contracts/schemas, field by field in the order of the schemas. Reused. */
final class Decisions {
    /** Symbols of the enum Outcome, and of Severity: a declined payment is critical, a doubtful one a warning. */
    static final int APPROVE = 0;
    private static final int REVIEW = 1;
    private static final int DECLINE = 2;
    private static final int REVIEW_AT = 500;
    private static final int DECLINE_AT = 800;
    private static final byte[] RULE_VERSIONS = ruleVersions();

    private final int decisionSchema;
    private final int alertSchema;
    private final byte[] inputTopic;
    private final AvroWriter out = new AvroWriter();

    Decisions(Options.SchemaIds ids, String inputTopic) {
        decisionSchema = ids.decision();
        alertSchema = ids.alert();
        this.inputTopic = inputTopic.getBytes(StandardCharsets.UTF_8);
    }

    static int outcomeOf(int score) {
        return score >= DECLINE_AT ? DECLINE : score >= REVIEW_AT ? REVIEW : APPROVE;
    }

    byte[] decision(Transaction tx, Reasons reasons, int partition, long offset, long decidedAt) {
        int score = reasons.score();
        out.startFramed(decisionSchema);
        out.writeText(tx.transactionId);
        out.writeText(tx.cardId);
        out.writeLong(outcomeOf(score));
        out.writeLong(score);
        reasons.write(out);
        out.writeRaw(RULE_VERSIONS, 0, RULE_VERSIONS.length);
        out.writeText(inputTopic);
        out.writeLong(partition);
        out.writeLong(offset);
        out.writeLong(tx.occurredAt);
        out.writeLong(decidedAt);
        // event_order (in_order, as of all: nothing asks for it), taken, model, features_hash, shadow_rules: it has none.
        out.writeLong(0);
        out.writeLong(0);
        out.writeLong(0);
        out.writeLong(0);
        out.writeLong(0);
        return out.toBytes();
    }

    byte[] alert(Transaction tx, Reasons reasons, long raisedAt) {
        int score = reasons.score();
        out.startFramed(alertSchema);
        out.writeText(tx.transactionId); // alert_id
        out.writeText(tx.transactionId);
        out.writeText(tx.cardId);
        out.writeText(tx.cardLast4);
        out.writeLong(outcomeOf(score)); // severity: info, warning, critical
        out.writeLong(outcomeOf(score));
        out.writeLong(score);
        reasons.write(out);
        out.writeLong(tx.amountMinor);
        out.writeText(tx.currency);
        out.writeOptionalText(tx.merchantName);
        out.writeOptionalText(tx.country);
        out.writeOptionalText(tx.terminalId);
        out.writeLong(tx.occurredAt);
        out.writeLong(raisedAt);
        return out.toBytes();
    }

    /** The same in every decision: an Avro map of all rules. */
    private static byte[] ruleVersions() {
        AvroWriter map = new AvroWriter();
        map.writeLong(Rule.values().length);
        for (Rule rule : Rule.values()) {
            map.writeText(rule.id);
            map.writeLong(Rule.VERSION);
        }
        map.writeLong(0);
        return map.toBytes();
    }
}

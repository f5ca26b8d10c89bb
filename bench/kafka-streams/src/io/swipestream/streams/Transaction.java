package io.swipestream.streams;

import java.nio.ByteBuffer;

/**
 * A transaction of libs/contracts/schemas/transaction/transaction.avsc, decoded by hand: one object is filled anew with
 * every record, texts stay where they are in the record's bytes, and what no rule needs is skipped. The quickest Avro
 * can be read in Java; what it gives up is reading records of other versions of the schema, which are refused by their id.
 */
final class Transaction {
    private static final int HEADER = 5;

    final Text transactionId = new Text();
    final Text cardId = new Text();
    final Text cardLast4 = new Text();
    long amountMinor;
    final Text currency = new Text();
    final Text merchantName = new Text();
    final Text terminalId = new Text();
    boolean hasPlace;
    double latitude;
    double longitude;
    final Text country = new Text();
    long occurredAt;
    long receivedAt;

    private final int schemaId;
    private final AvroReader reader = new AvroReader();

    /** @param schemaId of the only version that is read */
    Transaction(int schemaId) {
        this.schemaId = schemaId;
    }

    /** @throws IllegalArgumentException for bytes that are not a transaction of this schema */
    void read(byte[] value) {
        if (value == null || value.length < HEADER || value[0] != 0) throw new IllegalArgumentException("not Confluent-framed Avro");
        int id = ByteBuffer.wrap(value).getInt(1);
        if (id != schemaId) throw new IllegalArgumentException("written with schema " + id + ", and only " + schemaId + " is read");
        try {
            readFields(reader.over(value, HEADER));
        } catch (IndexOutOfBoundsException cause) {
            throw new IllegalArgumentException("not a Transaction of schema " + schemaId, cause);
        }
        if (!reader.isAtEnd()) throw new IllegalArgumentException("bytes follow the Transaction of schema " + schemaId);
    }

    /** In the order of the schema. */
    private void readFields(AvroReader in) {
        in.readText(transactionId);
        in.readText(cardId);
        in.skipText(); // card_bin
        in.readText(cardLast4);
        amountMinor = in.readLong();
        in.readText(currency);
        in.skipText(); // merchant_id
        in.readOptionalText(merchantName);
        if (in.readIsThere()) in.skipText(); // merchant_category
        in.readOptionalText(terminalId);
        in.readLong(); // entry_mode
        hasPlace = in.readIsThere();
        if (hasPlace) {
            latitude = in.readDouble();
            longitude = in.readDouble();
        }
        in.readOptionalText(country);
        occurredAt = in.readLong();
        receivedAt = in.readLong();
    }
}

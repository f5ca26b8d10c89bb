import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Transactions, and the answers promised to `Idempotency-Key`. */
export class Transactions1764000000000 implements MigrationInterface {
  name = 'Transactions1764000000000'

  async up(runner: QueryRunner): Promise<void> {
    // Every row is updated once, by its decision: the free fifth of a page keeps that update on the page, where it
    // needs no new index entry.
    await runner.query(`
      CREATE TABLE transactions (
        transaction_id    uuid PRIMARY KEY,
        card_id           text NOT NULL,
        card_bin          text NOT NULL,
        card_last4        text NOT NULL,
        amount_minor      bigint NOT NULL CHECK (amount_minor > 0),
        currency          text NOT NULL,
        merchant_id       text NOT NULL,
        merchant_name     text,
        merchant_category text,
        terminal_id       text,
        entry_mode        text NOT NULL,
        latitude          double precision CHECK (latitude BETWEEN -90 AND 90),
        longitude         double precision CHECK (longitude BETWEEN -180 AND 180),
        country           text,
        occurred_at       timestamptz NOT NULL,
        received_at       timestamptz NOT NULL,
        status            text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'in_review', 'declined')),
        score             integer,
        reasons           jsonb,
        decided_at        timestamptz,
        CHECK ((latitude IS NULL) = (longitude IS NULL)),
        CHECK (num_nulls(score, reasons, decided_at) = CASE status WHEN 'pending' THEN 3 ELSE 0 END)
      ) WITH (fillfactor = 80)`)
    await runner.query(`
      CREATE TABLE idempotency_keys (
        client         text NOT NULL,
        key            text NOT NULL,
        fingerprint    text NOT NULL,
        transaction_id uuid NOT NULL,
        expires_at     timestamptz NOT NULL,
        PRIMARY KEY (client, key)
      )`)
    await runner.query('CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys')
    await runner.query('DROP TABLE transactions')
  }
}

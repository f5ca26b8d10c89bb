import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What analysts and customers say of transactions. */
export class Feedback1764200000000 implements MigrationInterface {
  name = 'Feedback1764200000000'

  async up(runner: QueryRunner): Promise<void> {
    // Not valid means that rows of before are not read, as long as the table is locked: they have nothing to check.
    await runner.query(`
      ALTER TABLE transactions
        ADD COLUMN verdict           text,
        ADD COLUMN feedback_source   text,
        ADD COLUMN feedback_given_at timestamptz,
        ADD COLUMN feedback_id       uuid,
        ADD CONSTRAINT transactions_verdict_check CHECK (verdict IN ('confirmed_fraud', 'legitimate')) NOT VALID,
        ADD CONSTRAINT transactions_feedback_check CHECK (num_nulls(verdict, feedback_source, feedback_given_at, feedback_id) IN (0, 4)) NOT VALID`)
    await runner.query(`
      CREATE TABLE feedback (
        feedback_id    uuid PRIMARY KEY,
        transaction_id uuid NOT NULL REFERENCES transactions,
        client         text NOT NULL,
        verdict        text NOT NULL CHECK (verdict IN ('confirmed_fraud', 'legitimate')),
        card_action    text NOT NULL CHECK (card_action IN ('none', 'block', 'unblock')),
        comment        text,
        actor          text NOT NULL,
        given_at       timestamptz NOT NULL
      )`)
    await runner.query('CREATE INDEX feedback_transaction_id ON feedback (transaction_id)')
    // A key stands for a swipe, or for feedback about its transaction. Instances of before go on meanwhile: what the
    // column is named to them stays.
    await runner.query('ALTER TABLE idempotency_keys ADD COLUMN feedback_id uuid')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM idempotency_keys WHERE feedback_id IS NOT NULL')
    await runner.query('ALTER TABLE idempotency_keys DROP COLUMN feedback_id')
    await runner.query('DROP TABLE feedback')
    await runner.query(`
      ALTER TABLE transactions
        DROP COLUMN verdict, DROP COLUMN feedback_source, DROP COLUMN feedback_given_at, DROP COLUMN feedback_id`)
  }
}

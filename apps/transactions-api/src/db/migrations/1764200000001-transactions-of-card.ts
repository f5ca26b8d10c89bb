import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The order in which the transactions of a card are listed. */
export class TransactionsOfCard1764200000001 implements MigrationInterface {
  name = 'TransactionsOfCard1764200000001'
  /** No transaction: instances of before write to the table meanwhile, so its index is made without a lock against them. */
  transaction = false

  async up(runner: QueryRunner): Promise<void> {
    // What a try that was cut short has left is there, and not valid.
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS transactions_of_card')
    await runner.query('CREATE INDEX CONCURRENTLY transactions_of_card ON transactions (card_id, occurred_at DESC, transaction_id DESC)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY transactions_of_card')
  }
}

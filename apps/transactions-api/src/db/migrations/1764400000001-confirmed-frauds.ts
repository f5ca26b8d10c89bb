import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The frauds of a card, of which there are few, among its transactions, of which there may be many. */
export class ConfirmedFrauds1764400000001 implements MigrationInterface {
  name = 'ConfirmedFrauds1764400000001'
  /** No transaction, as for `TransactionsOfCard1764200000001`. */
  transaction = false

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS confirmed_frauds')
    await runner.query(`CREATE INDEX CONCURRENTLY confirmed_frauds ON transactions (card_id, occurred_at) WHERE verdict = 'confirmed_fraud'`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY confirmed_frauds')
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The shadow rules that fired on a transaction: null until it is decided about, and when its decision does not know them. */
export class ShadowRules1764400000000 implements MigrationInterface {
  name = 'ShadowRules1764400000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE transactions ADD COLUMN shadow_rules jsonb')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE transactions DROP COLUMN shadow_rules')
  }
}

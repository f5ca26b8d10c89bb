import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What is old enough to be forgotten is found by its time. */
export class Keeping1764500000000 implements MigrationInterface {
  readonly name = 'Keeping1764500000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX alerts_planned ON alerts (planned_at)')
    await runner.query('CREATE INDEX inbound_sms_received ON inbound_sms (received_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX alerts_planned, inbound_sms_received')
  }
}

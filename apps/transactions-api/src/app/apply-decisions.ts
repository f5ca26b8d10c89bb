import { Inject, Injectable } from '@nestjs/common'
import type { FraudDecision } from '@swipestream/contracts'
import { counter, LOGGER, type Logger } from '@swipestream/platform'
import { DecisionNotices } from '../db/decision-notices.js'
import { TransactionsRepository } from '../db/transactions.repository.js'
import { RuleFigures } from './rule-figures.js'

/**
 * Writes decisions to their transactions, and tells whoever waits for them. The first decision of a transaction stays;
 * applying one again does no harm.
 */
@Injectable()
export class ApplyDecisions {
  private readonly decisions = counter({
    name: 'decisions_total',
    help: 'Decisions read: applied, repeated (the transaction had one), or unknown (there is no such transaction)',
    labels: ['result'],
  })

  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly notices: DecisionNotices,
    private readonly figures: RuleFigures,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async run(decisions: readonly FraudDecision[]): Promise<void> {
    const { applied, repeated, unknown } = await this.transactions.decide(decisions)
    this.decisions.inc({ result: 'applied' }, applied)
    this.decisions.inc({ result: 'repeated' }, repeated)
    this.decisions.inc({ result: 'unknown' }, unknown.length)
    if (unknown.length > 0) {
      this.logger.warn({ transaction_ids: unknown }, 'Decisions about transactions that are not in this database')
    }
    this.figures.decided(decisions)
    // Those that were there before, too: whoever applied them may not have lived to tell.
    await this.notices.send(decisions.map(({ transaction_id: id }) => id))
  }
}

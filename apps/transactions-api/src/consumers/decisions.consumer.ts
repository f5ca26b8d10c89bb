import { Controller } from '@nestjs/common'
import { fraudDecisions, type FraudDecision } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { ApplyDecisions } from '../app/apply-decisions.js'

@Controller()
export class DecisionsConsumer {
  constructor(private readonly applyDecisions: ApplyDecisions) {}

  @Consume(fraudDecisions, { batch: 500 })
  handle(batch: Received<FraudDecision>[]): Promise<void> {
    return this.applyDecisions.run(batch.map(({ value }) => value))
  }
}

import { Controller } from '@nestjs/common'
import { type TerminalEvent, terminalProfiles, transactionsByTerminal } from '@swipestream/contracts'
import { type BatchContext, Consume, type Received } from '@swipestream/messaging'
import { KnowTerminals, type TerminalState } from '../app/know-terminals.js'

/** As of cards. */
const stateTtlMs = 400 * 86_400_000
/** Few transactions of Kafka for many of cards: they would slow down those that decide. In milliseconds. */
const gatherMs = 200

/** Off the way of decisions: they look at what this has written of terminals, some tenths of a second later. */
@Controller()
export class TerminalsConsumer {
  constructor(private readonly know: KnowTerminals) {}

  @Consume(transactionsByTerminal, { batch: 1_000, gatherMs, state: { terminals: terminalProfiles }, stateTtlMs, exactlyOnce: true })
  handle(batch: Received<TerminalEvent>[], context: BatchContext<TerminalState>): void {
    this.know.run(batch, context)
  }
}

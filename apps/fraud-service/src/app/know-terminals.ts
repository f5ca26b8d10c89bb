import { Injectable } from '@nestjs/common'
import type { TerminalEvent, terminalProfiles } from '@swipestream/contracts'
import type { BatchContext, Received } from '@swipestream/messaging'
import { applyTerminalEvent } from '../domain/features/terminal-profile.js'

export type TerminalState = { terminals: typeof terminalProfiles }

/** Keeps what is known of each terminal: its transactions, and the frauds that were confirmed there. */
@Injectable()
export class KnowTerminals {
  run(batch: readonly Received<TerminalEvent>[], { state }: Pick<BatchContext<TerminalState>, 'state'>): void {
    for (const { value: event, origin } of batch) {
      const before = state.terminals.get(event.terminal_id)
      const after = applyTerminalEvent(before, event, origin.offset)
      if (after !== before) state.terminals.set(after)
    }
  }
}

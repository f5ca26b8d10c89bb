import { Injectable } from '@nestjs/common'
import type { Card, CardVerdicts, TerminalProfile } from '@swipestream/contracts'

/** What other topics say of cards and terminals, by their ids; undefined for what is not known. This one knows nothing. */
@Injectable()
export class Surroundings {
  card(_id: string): Card | undefined {
    return undefined
  }

  verdicts(_cardId: string): CardVerdicts | undefined {
    return undefined
  }

  terminal(_id: string): TerminalProfile | undefined {
    return undefined
  }
}

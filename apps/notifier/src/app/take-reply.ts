import type { Verdict } from '@swipestream/contracts'
import { Injectable } from '@nestjs/common'
import { counter } from '@swipestream/platform'
import { DataSource, type EntityManager } from 'typeorm'
import { InboundSmsRepository } from '../db/inbound-sms.repository.js'
import { OptOutsRepository } from '../db/opt-outs.repository.js'
import { type QuestionOfPhone, QuestionsRepository } from '../db/questions.repository.js'
import { matchQuestion, readReply, type Reply } from '../domain/reply.js'
import type { ReplyOutcome } from '../domain/reply-outcome.js'
import { type GivenAnswer, GiveAnswer } from './give-answer.js'

/** An SMS that came in. */
export interface InboundSms {
  /** Twilio's id: the same when it is delivered again. */
  readonly sid: string
  /** E.164. */
  readonly from: string
  readonly body: string
  /** What Twilio made of it, when it did. */
  readonly optOutType: string | undefined
}

/** What was made of it, and in which language to say so: BCP 47, null when it is not known. */
export interface TakenReply {
  readonly outcome: ReplyOutcome
  readonly language: string | null
}

interface Concluded {
  readonly outcome: ReplyOutcome
  /** What is left to do when the transaction is committed. */
  readonly committed?: () => void
}

/** Takes an SMS of a customer, once, however often Twilio delivers it: what it changes and that it was taken are one transaction. */
@Injectable()
export class TakeReply {
  private readonly replies = counter({
    name: 'inbound_sms_total',
    help: 'SMS that came in, by what was made of them; one delivered again counts once',
    labels: ['outcome'],
  })

  constructor(
    private readonly database: DataSource,
    private readonly inbound: InboundSmsRepository,
    private readonly questions: QuestionsRepository,
    private readonly optOuts: OptOutsRepository,
    private readonly giveAnswer: GiveAnswer,
  ) {}

  async run(sms: InboundSms): Promise<TakenReply> {
    const { outcome, language, committed } = await this.database.transaction((manager) => this.take(manager, sms))
    committed?.()
    return { outcome, language }
  }

  private async take(manager: EntityManager, sms: InboundSms): Promise<TakenReply & Pick<Concluded, 'committed'>> {
    const before = await this.inbound.take(manager, sms.sid)
    const asked = await this.questions.ofPhone(manager, sms.from)
    const language = asked[0]?.language ?? null
    if (before !== undefined) return { outcome: before, language }
    const { outcome, committed } = await this.conclude(manager, sms, asked)
    await this.inbound.conclude(manager, sms.sid, outcome)
    return {
      outcome,
      language,
      committed: () => {
        this.replies.inc({ outcome })
        committed?.()
      },
    }
  }

  private async conclude(manager: EntityManager, sms: InboundSms, asked: readonly QuestionOfPhone[]): Promise<Concluded> {
    const reply = readReply(sms.body, sms.optOutType)
    switch (reply.says) {
      case 'stop':
        await this.optOuts.add(manager, sms.from)
        return { outcome: 'stopped' }
      case 'start':
        await this.optOuts.remove(manager, sms.from)
        return { outcome: 'started' }
      case 'help':
        return { outcome: 'helped' }
      case 'unclear':
        return { outcome: asked.some(({ state }) => state === 'open') ? 'unclear' : 'ignored' }
      default:
        return await this.answer(manager, sms, reply, asked)
    }
  }

  private async answer(
    manager: EntityManager, { from }: InboundSms, { says, code }: Extract<Reply, { says: 'yes' | 'no' }>, asked: readonly QuestionOfPhone[],
  ): Promise<Concluded> {
    const found = matchQuestion(code, asked)
    switch (found.match) {
      case 'none':
        return { outcome: 'nothing_asked' }
      case 'several':
        return { outcome: 'code_needed' }
      case 'unknown_code':
        return { outcome: 'code_unknown' }
      case 'one': {
        const verdict: Verdict = says === 'yes' ? 'legitimate' : 'confirmed_fraud'
        const { given, committed } = await this.giveAnswer.within(manager, { alertId: found.question.alert_id, verdict, from: { way: 'sms', phone: from } })
        return { outcome: outcomeOf(given), committed }
      }
    }
  }
}

function outcomeOf(given: GivenAnswer): ReplyOutcome {
  switch (given.outcome) {
    case 'already_answered': return `already_${given.verdict}`
    // It was there a moment ago: its number is another's now.
    case 'unknown': return 'nothing_asked'
    default: return given.outcome
  }
}

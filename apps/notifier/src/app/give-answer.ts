import { Injectable } from '@nestjs/common'
import { fraudFeedback, uuidv7, type Verdict } from '@swipestream/contracts'
import { Outbox } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'
import { DataSource, type EntityManager } from 'typeorm'
import { DeliveriesRepository, type NewDelivery } from '../db/deliveries.repository.js'
import { OptOutsRepository } from '../db/opt-outs.repository.js'
import { type LockedQuestion, QuestionsRepository } from '../db/questions.repository.js'
import { customerFeedback, sourceOf } from '../domain/customer-answer.js'
import { DeliveryWorkers } from './delivery-workers.js'
import { eventHeaders } from './event-headers.js'
import { type About, ledgerRow, queuedEvents } from './ledger-rows.js'
import { NotifierMetrics } from './notifier-metrics.js'

/** A customer's answer to "was this you?". Whoever gives it was found to be entitled to: by a link, a number, or a token. */
export interface Answer {
  /** Of the question. */
  readonly alertId: string
  readonly verdict: Verdict
  readonly from:
    | { readonly way: 'email' }
    /** @property phone the number that answered */
    | { readonly way: 'sms'; readonly phone: string }
    /** @property customerId whose question it must be */
    | { readonly way: 'app'; readonly customerId: string }
}

export type GivenAnswer =
  | { readonly outcome: 'given' }
  /** By this way or another, before; the verdict is what was answered then. */
  | { readonly outcome: 'already_answered'; readonly verdict: Verdict }
  | { readonly outcome: 'expired' }
  /** There is no such question. */
  | { readonly outcome: 'unknown' }

/** What is left to do when the transaction is committed. */
interface Taken {
  readonly given: GivenAnswer
  readonly committed: () => void
}

/**
 * The one place where an answer is taken: question, feedback and the message that confirms it are written together or
 * not at all. Of two answers at the same time one is taken.
 */
@Injectable()
export class GiveAnswer {
  private readonly answers = counter({
    name: 'answers_total',
    help: 'Answers of customers, by the way they came: given, already_answered, expired or unknown',
    labels: ['way', 'outcome'],
  })

  constructor(
    private readonly database: DataSource,
    private readonly questions: QuestionsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly optOuts: OptOutsRepository,
    private readonly outbox: Outbox,
    private readonly workers: DeliveryWorkers,
    private readonly metrics: NotifierMetrics,
  ) {}

  async run(answer: Answer): Promise<GivenAnswer> {
    const { given, committed } = await this.database.transaction((manager) => this.within(manager, answer))
    committed()
    return given
  }

  /** The same in the caller's transaction, who calls `committed` after it. */
  async within(manager: EntityManager, answer: Answer): Promise<Taken> {
    const { alertId, from } = answer
    const question = await this.questions.lock(manager, alertId)
    const given = question === undefined || !mayAnswer(question, from) ? ({ outcome: 'unknown' } as const) : outcomeOf(question)
    const confirmation = question && given.outcome === 'given' ? await this.take(manager, question, answer) : undefined
    return {
      given,
      committed: () => {
        this.answers.inc({ way: from.way, outcome: given.outcome })
        if (confirmation === undefined) return
        this.metrics.notifications.inc({ channel: confirmation.channel, status: 'queued' })
        this.workers.wake()
      },
    }
  }

  /** @returns the message that confirms it, if there is one */
  private async take(manager: EntityManager, question: LockedQuestion, { alertId, verdict, from }: Answer): Promise<NewDelivery | undefined> {
    const now = Date.now()
    await this.questions.markAnswered(manager, alertId, verdict, sourceOf(from.way))
    const feedback = customerFeedback(question.alert, { verdict, way: from.way }, { feedbackId: uuidv7(), givenAt: now })
    await this.outbox.add(manager, [fraudFeedback.event(feedback, eventHeaders(`${alertId}-answered`, question.traceparent))])
    const confirmation = await this.confirmationOf(manager, question, alertId, from)
    if (confirmation === undefined || (await this.deliveries.insert(manager, [confirmation])).size === 0) return undefined
    await this.outbox.add(manager, queuedEvents([confirmation], new Map([[alertId, question.traceparent]])))
    return confirmation
  }

  /** By the way the answer came. The app shows it by itself. */
  private async confirmationOf(manager: EntityManager, question: LockedQuestion, alertId: string, from: Answer['from']): Promise<NewDelivery | undefined> {
    if (from.way === 'app') return undefined
    const recipient = from.way === 'sms' ? from.phone : await this.questions.emailOf(manager, alertId, question.customer_id)
    if (recipient === undefined || (from.way === 'sms' && (await this.optOuts.has(manager, recipient)))) return undefined
    const about: About = { alert_id: alertId, card_id: question.alert.card_id, customer_id: question.customer_id, purpose: 'confirmation' }
    return ledgerRow(about, { channel: from.way, recipient, fallbacks: [] })
  }
}

function mayAnswer(question: LockedQuestion, from: Answer['from']): boolean {
  switch (from.way) {
    case 'email': return true
    case 'sms': return question.phone === from.phone
    case 'app': return question.customer_id === from.customerId
  }
}

function outcomeOf({ state, verdict }: LockedQuestion): GivenAnswer {
  if (verdict !== null) return { outcome: 'already_answered', verdict }
  return { outcome: state === 'expired' ? 'expired' : 'given' }
}

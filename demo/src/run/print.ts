import type { FraudAlert, FraudDecision } from '@swipestream/contracts'
import { formatAmount } from '@swipestream/contracts/money'
import type { SwipeRequest } from '../generator/swipe-request.js'
import type { System } from '../system/system.js'
import type { Mail, Sms } from './inboxes.js'
import type { Summary } from './summary.js'

/** What a person sees. Everything goes to standard error: standard output is for `--json`. */
export class Printer {
  constructor(private readonly write: (line: string) => void) {}

  title(text: string): void {
    this.write(`\n${text}`)
  }

  progress(line: string): void {
    this.write(`  ${line}`)
  }

  addresses({ services, mail, sms, secrets, etl }: System): void {
    this.write(`\n  API      ${services['transactions-api'].url}/docs   Authorization: Bearer ${secrets.apiKey}`)
    this.write(`  Notifier ${services['notifier'].url}/docs   Authorization: Bearer ${secrets.notifierApiKey}`)
    this.write(`  Rules    ${services['fraud-service'].url}/docs   Authorization: Bearer ${secrets.rulesApiKey}`)
    if (mail) this.write(`  Mailbox  ${mail.url}`)
    if (sms) this.write(`  SMS      ${sms.url}`)
    if (etl) this.write(`  Bank     ${etl.bank.url}   MySQL; what changes there reaches the services`)
  }

  swipe(swipe: SwipeRequest, title: string, decision: FraudDecision | undefined): void {
    const amount = formatAmount(swipe.amount_minor, swipe.currency)
    const time = swipe.occurred_at.slice(11, 16)
    this.write(`  ${time}  ${title.padEnd(66)} ${amount.padStart(12)}  ${decision ? wordFor(decision.outcome) : 'undecided'}`)
  }

  alert(alert: FraudAlert): void {
    for (const { text } of alert.reasons) this.write(`         ! ${alert.severity}: ${text}`)
  }

  mail({ to, subject }: Mail): void {
    this.write(`         @ e-mail to ${to}: ${subject}`)
  }

  sms({ to, body }: Sms): void {
    this.write(`         # SMS to ${to}: ${body}`)
  }

  answer(title: string, phone: string, body: string): void {
    this.write(`         > ${title}\n         > SMS from ${phone}: ${body}`)
  }

  summary({ swipes, refused, decisions, alerts, emails, sms, firstAlertMs, swipeToAlertMs, readyMs, rssMb, outage, warehouse, broken }: Summary): void {
    this.title('Summary')
    this.write(`  ${swipes} swipes${refused > 0 ? ` (${refused} rows refused)` : ''}, ${decisions} decisions, ${alerts} alerts, ${emails} e-mails, ${sms} SMS`)
    const latency = swipeToAlertMs.p50 === null ? '' : `; swipe to alert ${swipeToAlertMs.p50} ms (half), ${swipeToAlertMs.p99} ms (99 %)`
    const first = firstAlertMs === null ? '' : `, first alert sent after ${(firstAlertMs / 1_000).toFixed(1)} s`
    this.write(`  ready after ${(readyMs / 1_000).toFixed(1)} s${first}${latency}${rssMb === null ? '' : `; ${rssMb} MB`}`)
    if (outage?.toldMs) this.write(`  an outage: ${outage.unanswered} requests without an answer, on-call e-mail after ${(outage.toldMs / 1_000).toFixed(1)} s${outage.overMs === null ? '' : `, and that it is over ${(outage.overMs / 1_000).toFixed(0)} s after its end`}`)
    if (warehouse) {
      const { approved, reviewed, declined, file } = warehouse
      this.write(`  the warehouse, when asked: ${warehouse.decisions} decisions, ${approved} approved, ${reviewed} to be reviewed, ${declined} declined`)
      this.write(`  ask it more when this has ended: ETL_WAREHOUSE=${file} npm run etl -- answers`)
    }
    for (const sentence of broken) this.write(`  BROKEN: ${sentence}`)
    if (broken.length === 0) this.write('  Every promise held.')
  }
}

function wordFor(outcome: FraudDecision['outcome']): string {
  return { approve: 'approved', review: 'to be reviewed', decline: 'declined' }[outcome]
}

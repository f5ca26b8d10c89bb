import { randomBytes } from 'node:crypto'
import { cards, type Card, type Customer, customers, type FraudAlert, fraudAlerts, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'

/** Where the e-mail of the alert number `n` goes: an address of its own, so that nothing is merged. */
export function recipientOf(n: number): string {
  return `holder-${n}@customers.example`
}

/** What makes the holder of the alert number `n` known: a customer with nothing but an e-mail address, and a card. */
export function holderEvents(n: number): Outgoing[] {
  return [customers.event(customerOf(n)), cards.event(cardOf(n))]
}

/** The alert number `n`, critical: its e-mail goes out at once, whatever the hour. Each has a trace of its own. */
export function alertEvent(n: number): Outgoing {
  return fraudAlerts.event(alertOf(n), { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00` })
}

const at = Date.UTC(2026, 0, 1)

function customerOf(n: number): Customer {
  return {
    customer_id: `customer-${n}`,
    given_name: 'Johanna',
    family_name: 'Gruber',
    email: recipientOf(n),
    phone: null,
    language: 'en',
    time_zone: 'Europe/Vienna',
    country: 'AT',
    channels: [],
    quiet_from: null,
    quiet_to: null,
    updated_at: at,
  }
}

function cardOf(n: number): Card {
  return {
    card_id: `v1.card-${n}`,
    customer_id: `customer-${n}`,
    card_bin: '400000',
    card_last4: last4Of(n),
    home_country: 'AT',
    time_zone: 'Europe/Vienna',
    updated_at: at,
  }
}

function alertOf(n: number): FraudAlert {
  const id = uuidv7()
  const now = Date.now()
  return {
    alert_id: id,
    transaction_id: id,
    card_id: `v1.card-${n}`,
    card_last4: last4Of(n),
    severity: 'critical',
    outcome: 'decline',
    score: 850,
    reasons: [
      {
        rule_id: 'impossible_travel',
        rule_version: 1,
        weight: 850,
        text: "Used 9,686 km from the card's last place, with 30 min between the two: 19,372 km/h, faster than any journey.",
        evidence: [
          { name: 'tx.distance_km', value: 9_686.3, unit: 'km' },
          { name: 'tx.speed_kmh', value: 19_372.6, unit: 'km/h' },
        ],
      },
    ],
    amount_minor: 149_900,
    currency: 'EUR',
    merchant_name: 'Orchard Electronics',
    country: 'SG',
    terminal_id: 'T-65-0042',
    occurred_at: now - 1_000,
    raised_at: now,
  }
}

function last4Of(n: number): string {
  return String(n % 10_000).padStart(4, '0')
}

import type { CardProfile, Place, Transaction } from '@swipestream/contracts'
import type { Origin } from './profile.js'

/** Places the tests travel between. */
export const berlin: Place = { latitude: 52.52, longitude: 13.405 }
export const potsdam: Place = { latitude: 52.3906, longitude: 13.0645 }
export const hamburg: Place = { latitude: 53.5511, longitude: 9.9937 }
export const singapore: Place = { latitude: 1.3521, longitude: 103.8198 }

export const tenOClock = Date.UTC(2026, 2, 2, 10, 0)
export const minutes = (count: number): number => count * 60_000

/** An everyday transaction, for tests to change what they are about. */
export function exampleTransaction(changes: Partial<Transaction> = {}): Transaction {
  return {
    transaction_id: '01957c00-0000-7000-8000-000000000001',
    card_id: 'v1.example-card',
    card_bin: '400000',
    card_last4: '0002',
    amount_minor: 2_350,
    currency: 'EUR',
    merchant_id: 'm-1',
    merchant_name: 'Café Morgenrot',
    merchant_category: '5812',
    terminal_id: 't-1',
    entry_mode: 'contactless',
    place: berlin,
    country: 'DE',
    occurred_at: tenOClock,
    received_at: tenOClock + 120,
    ...changes,
  }
}

/** A card last used in Berlin at ten. */
export function exampleProfile(changes: Partial<CardProfile> = {}): CardProfile {
  return {
    card_id: 'v1.example-card',
    last_transaction_id: '01957c00-0000-7000-8000-000000000000',
    last_occurred_at: tenOClock,
    last_place: berlin,
    last_place_at: tenOClock,
    last_country: 'DE',
    input_offset: 41,
    ...changes,
  }
}

export const exampleOrigin = (offset = 42): Origin => ({ topic: 'transactions_log', partition: 3, offset })

import { describe, expect, it } from 'vitest'
import type { CardNumber } from '../domain/card-number.js'
import type { Swipe } from '../domain/swipe.js'
import { parseTokenKeys, type TokenKeys } from './card-token.js'
import { type FeedbackOnTransaction, fingerprint, hasFingerprint } from './request-fingerprint.js'

const first = '1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const second = '2://///////////////////////////////////////////////////w=='
const keys = parseTokenKeys(first) as TokenKeys
const rotated = parseTokenKeys(`${first},${second}`) as TokenKeys

describe('the fingerprint of a swipe', () => {
  const swipe: Swipe = {
    card_number: '4111111111111111' as CardNumber,
    amount_minor: 1250,
    currency: 'EUR',
    merchant_id: 'M-20417',
    merchant_name: 'Café Central',
    merchant_category: '5812',
    terminal_id: 'T-7',
    entry_mode: 'chip',
    place: { longitude: 16.3655, latitude: 48.2104 },
    country: 'AT',
    occurred_at: 1769859296789,
  }
  const least: Swipe = { card_number: swipe.card_number, amount_minor: 1, currency: 'EUR', merchant_id: 'M' }
  const backwards = Object.fromEntries(Object.entries(swipe).reverse()) as unknown as Swipe

  it('is HMAC-SHA-256 of its canonical JSON, whatever the order of its fields', () => {
    // Computed with Python's hmac and json (sort_keys).
    expect(fingerprint(keys, swipe)).toBe('v1.nYwDHKFX7lnz5JLxygaygFNpbuw7EWVvnO86KnhgHrg')
    expect(fingerprint(keys, backwards)).toBe(fingerprint(keys, swipe))
    expect(fingerprint(keys, least)).toBe('v1.3PL99lUKeIH9DPyf2n118RB86RJI81Cf2qfzCcnfIzM')
    expect(fingerprint(keys, { ...least, place: undefined })).toBe(fingerprint(keys, least))
  })

  it.each(Object.keys(swipe) as (keyof Swipe)[])('is another when %s is another, or not there', (field) => {
    const others: Swipe = {
      card_number: '5555555555554444' as CardNumber,
      amount_minor: 1251,
      currency: 'USD',
      merchant_id: 'M-20418',
      merchant_name: 'Cafe Central',
      merchant_category: '5813',
      terminal_id: 'T-8',
      entry_mode: 'manual',
      place: { latitude: 48.2104, longitude: 16.3656 },
      country: 'DE',
      occurred_at: 1769859296790,
    }
    expect(hasFingerprint(keys, { ...swipe, [field]: others[field] }, fingerprint(keys, swipe))).toBe(false)
    expect(hasFingerprint(keys, { ...swipe, [field]: undefined }, fingerprint(keys, swipe))).toBe(false)
  })

  it('is recognised', () => {
    expect(hasFingerprint(keys, backwards, fingerprint(keys, swipe))).toBe(true)
    expect(hasFingerprint(keys, swipe, '')).toBe(false)
  })

  it('is recognised after the token key was rotated, while the older key is listed', () => {
    expect(hasFingerprint(rotated, swipe, fingerprint(keys, swipe))).toBe(true)
    expect(hasFingerprint(parseTokenKeys(second) as TokenKeys, swipe, fingerprint(keys, swipe))).toBe(false)
  })
})

describe('the fingerprint of feedback', () => {
  const feedback: FeedbackOnTransaction = {
    transaction_id: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d',
    verdict: 'confirmed_fraud',
    card_action: 'block',
    comment: null,
    actor: 'r.roe',
  }

  it.each([
    { transaction_id: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6e' },
    { verdict: 'legitimate' },
    { card_action: 'none' },
    { comment: 'called' },
    { actor: 'j.doe' },
  ] as Partial<FeedbackOnTransaction>[])('is another with %j', (other) => {
    expect(hasFingerprint(keys, { ...feedback, ...other }, fingerprint(keys, feedback))).toBe(false)
  })

  it('is recognised, whatever the order of its fields', () => {
    const backwards = Object.fromEntries(Object.entries(feedback).reverse()) as unknown as FeedbackOnTransaction
    expect(hasFingerprint(keys, backwards, fingerprint(keys, feedback))).toBe(true)
  })
})

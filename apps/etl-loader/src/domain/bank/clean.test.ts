import { describe, expect, test } from 'vitest'
import { readPhone } from '../../phone/read-phone.js'
import { cleanCard, cleanCustomer, cleanMerchant } from './clean.js'
import { cardRow, customerRow, merchantRow } from './example-rows.js'

const madeAt = 1_800_000_000_000
const customer = (changes: Parameters<typeof customerRow>[0]) => cleanCustomer(customerRow(changes), madeAt, readPhone)

describe('a customer', () => {
  test('in order comes out as the contract has it', () => {
    expect(customer({})).toEqual({
      row: {
        customer_id: 'c1', given_name: 'Lena', family_name: 'Meyer', email: 'lena.meyer@example.com', phone: '+491701234567', language: 'de', time_zone: 'Europe/Berlin', country: 'DE',
        channels: ['email', 'sms'], quiet_from: '22:00', quiet_to: '07:00', updated_at: Date.UTC(2026, 0, 1) + 500, same_as: null,
      },
      dropped: [],
    })
  })

  test('has no blanks around or in a row in its names, which keep their case', () => {
    expect(customer({ given_name: '  Anna \t Maria\u00a0', family_name: 'VAN der\u0000Berg', customer_id: 'c1  ' }).row).toMatchObject({ given_name: 'Anna Maria', family_name: 'VAN der Berg', customer_id: 'c1' })
    expect(customer({ given_name: ' ', family_name: '' }).row).toMatchObject({ given_name: null, family_name: null })
    // Persian needs its joiner.
    expect(customer({ given_name: 'علی\u200cرضا' }).row.given_name).toBe('علی\u200cرضا')
  })

  test.each([[' Lena.Meyer@EXAMPLE.Com ', 'Lena.Meyer@example.com'], ['mailto:a@b.de', 'a@b.de'], ['<a@b.de>', 'a@b.de'], ['a+b@käse.example', 'a+b@käse.example']])('is written to at %j: %s', (email, address) => {
    expect(customer({ email }).row.email).toBe(address)
  })

  test.each(['a@b', 'a@b.de, c@d.de', 'Lena <a@b.de>', 'a b@c.de', 'a@-b.de', '@b.de', 'a..b@c.de', 'unknown', `${'a'.repeat(65)}@b.de`])('is not written to at %j, and that is told', (email) => {
    expect(customer({ email })).toMatchObject({ row: { email: null }, dropped: ['email'] })
  })

  test('is called at a number of its country', () => {
    expect(customer({ phone: '06 12 34 56 78', country: 'France' }).row).toMatchObject({ phone: '+33612345678', country: 'FR' })
    expect(customer({ phone: '0170 1234567', country: null })).toMatchObject({ row: { phone: null }, dropped: ['phone'] })
  })

  test.each([
    ['country', { country: 'Atlantis' }, { country: null }],
    ['language', { language: 'Klingon' }, { language: 'und' }],
    ['channels', { channels: 'fax,sms' }, { channels: ['sms'] }],
    ['quiet_from', { quiet_to: null }, { quiet_from: null, quiet_to: null }],
  ])('without a usable %s goes on without it, and that is told', (column, changes, result) => {
    expect(customer(changes)).toMatchObject({ row: result, dropped: [column] })
  })

  test('that says nothing of these goes on as well, and there is nothing to tell', () => {
    const { row, dropped } = customer({ email: null, phone: '  ', country: null, language: null, channels: null, quiet_from: null, quiet_to: null })
    expect([row.email, row.phone, row.country, row.language, row.channels, row.quiet_from, dropped]).toEqual([null, null, null, 'und', [], null, []])
  })

  test.each([
    ['ETL_CUSTOMER_UNREACHABLE', 'email', { email: 'x', phone: 'y' }],
    ['ETL_CUSTOMER_UNREACHABLE', 'phone', { email: null, phone: 'y' }],
    ['ETL_TIME_ZONE_INVALID', 'time_zone', { time_zone: 'Berlin' }],
    ['ETL_TIME_ZONE_INVALID', 'time_zone', { time_zone: null }],
    ['ETL_ID_EMPTY', 'customer_id', { customer_id: ' ' }],
  ])('is refused: %s, %s', (code, field, changes) => {
    expect(() => customer(changes)).toThrow(expect.objectContaining({ code, field }) as Error)
  })

  test('changed when its row says so, else when its record was made; never at no time', () => {
    expect(customer({ updated_at: null }).row.updated_at).toBe(madeAt)
    expect(() => cleanCustomer(customerRow({ updated_at: 'yesterday' }), null, readPhone)).toThrow(expect.objectContaining({ code: 'ETL_TIME_MISSING' }) as Error)
  })
})

describe('a card', () => {
  test('in order comes out as the contract has it', () => {
    expect(cleanCard(cardRow({ home_country: 'Deutschland', time_zone: 'europe/berlin', customer_id: 'c1 ' }), madeAt)).toEqual({
      row: { card_id: 'v1.abc', customer_id: 'c1', card_bin: '012345', card_last4: '0042', home_country: 'DE', time_zone: 'Europe/Berlin', updated_at: Date.UTC(2026, 0, 1) },
      dropped: [],
    })
  })

  test.each([
    ['ETL_CARD_ID_INVALID', 'card_id', { card_id: '4111111111111111' }],
    ['ETL_HOLDER_MISSING', 'customer_id', { customer_id: null }],
    ['ETL_CARD_DIGITS_INVALID', 'card_last4', { card_last4: '42' }],
    ['ETL_CARD_DIGITS_INVALID', 'card_bin', { card_bin: '41111x' }],
    ['ETL_COUNTRY_UNKNOWN', 'home_country', { home_country: 'Atlantis' }],
    ['ETL_TIME_ZONE_INVALID', 'time_zone', { time_zone: '+01:00' }],
  ])('is refused: %s, %s', (code, field, changes) => {
    expect(() => cleanCard(cardRow(changes), madeAt)).toThrow(expect.objectContaining({ code, field }) as Error)
  })
})

describe('a merchant', () => {
  test('in order comes out as the contract has it, changed when its record was made', () => {
    expect(cleanMerchant(merchantRow({ name: ' Tea  Room Berlin', country: 'Germany' }), madeAt)).toEqual({
      row: { merchant_id: 'm1', name: 'Tea Room Berlin', category: '5499', country: 'DE', city: 'Berlin', updated_at: madeAt },
      dropped: [],
    })
  })

  test.each([['742', '0742'], [' 5411 ', '5411'], [null, null]])('of category %j is of %j', (category_code, category) => {
    expect(cleanMerchant(merchantRow({ category_code }), madeAt)).toMatchObject({ row: { category }, dropped: [] })
  })

  test.each(['food', '54', '54110'])('of category %j is of none, and that is told', (category_code) => {
    expect(cleanMerchant(merchantRow({ category_code }), madeAt)).toMatchObject({ row: { category: null }, dropped: ['category_code'] })
  })

  test('without a name is refused', () => {
    expect(() => cleanMerchant(merchantRow({ name: ' ' }), madeAt)).toThrow(expect.objectContaining({ code: 'ETL_NAME_MISSING', field: 'name' }) as Error)
  })
})

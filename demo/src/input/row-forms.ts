import { cardNumber, TEST_BINS } from '../generator/card-number.js'
import type { SwipeRequest } from '../generator/swipe-request.js'
import {
  asCardNumber, asCategory, asCents, asCountry, asCurrency, asCustomerNumber, asEntryMode, asId, asLatitude, asLongitude,
  asMinorUnits, asText, asTime, NotA, type Read,
} from './values.js'

/** One row's cells, read one by one; throws `InputError` naming line and column when a cell is wrong. */
export interface Cells {
  read<T>(column: string, as: Read<T>): T
  /** Undefined when the file has no such column, or the cell is empty. */
  readIfGiven<T>(column: string, as: Read<T>): T | undefined
}

/** What a row says. */
export interface RowContent {
  /** The file's own id of the row, if it has one. */
  id: string | undefined
  swipe: SwipeRequest
  /** Number of the customer, if the file has one. */
  customer: number | undefined
  /** What kind of fraud the file says the swipe was; null for none, or when it does not say. */
  label: string | null
}

/** A kind of file, known by its columns. */
export interface RowForm {
  name: string
  required: readonly string[]
  optional: readonly string[]
  read(cells: Cells): RowContent
}

const SCENARIOS: Readonly<Record<string, string | null>> = {
  0: null, 1: 'large_amount', 2: 'compromised_terminal', 3: 'stolen_card',
}

/** `fraud_scenario` of the handbook: 0 none, 1 amount above 220, 2 compromised terminal, 3 stolen card details. */
const asScenario: Read<string | null> = (text) => {
  const label = Object.hasOwn(SCENARIOS, text) ? SCENARIOS[text] : undefined
  if (label === undefined) throw new NotA('a fraud scenario: 0, 1, 2 or 3')
  return label
}

/**
 * Transactions of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi). What they lack is derived: a
 * card under a test BIN from the customer's number, one card a customer; EUR; no place; the terminal's number as that
 * of its merchant.
 */
export const handbookForm: RowForm = {
  name: 'the Fraud Detection Handbook',
  required: ['transaction_id', 'occurred_at', 'customer_id', 'terminal_id', 'amount'],
  optional: ['is_fraud', 'fraud_scenario'],
  read(cells) {
    const customer = cells.read('customer_id', asCustomerNumber)
    const terminal = cells.read('terminal_id', asId)
    return {
      id: cells.read('transaction_id', asId),
      customer,
      label: cells.readIfGiven('fraud_scenario', asScenario) ?? null,
      swipe: {
        card_number: cardNumber(TEST_BINS.csv, customer),
        amount_minor: cells.read('amount', asCents),
        currency: 'EUR',
        merchant_id: `m${terminal}`,
        terminal_id: `t${terminal}`,
        occurred_at: cells.read('occurred_at', asTime),
      },
    }
  },
}

/**
 * The names of the API's own fields, `place` as two columns. A row needs a card number, or a customer's number to
 * derive one from.
 */
export const apiForm: RowForm = {
  name: 'the transactions API',
  required: ['amount_minor', 'currency', 'merchant_id', 'occurred_at'],
  optional: [
    'card_number', 'customer_id', 'merchant_name', 'merchant_category', 'terminal_id', 'entry_mode', 'latitude', 'longitude',
    'country', 'transaction_id', 'label',
  ],
  read(cells) {
    const customer = cells.readIfGiven('customer_id', asCustomerNumber)
    const latitude = cells.readIfGiven('latitude', asLatitude)
    const longitude = latitude === undefined ? cells.readIfGiven('longitude', notWithoutLatitude) : cells.read('longitude', asLongitude)
    const swipe: SwipeRequest = {
      card_number: cells.readIfGiven('card_number', asCardNumber) ?? numberOf(customer, cells),
      amount_minor: cells.read('amount_minor', asMinorUnits),
      currency: cells.read('currency', asCurrency),
      merchant_id: cells.read('merchant_id', asId),
      occurred_at: cells.read('occurred_at', asTime),
    }
    const more = {
      merchant_name: cells.readIfGiven('merchant_name', asText),
      merchant_category: cells.readIfGiven('merchant_category', asCategory),
      terminal_id: cells.readIfGiven('terminal_id', asId),
      entry_mode: cells.readIfGiven('entry_mode', asEntryMode),
      country: cells.readIfGiven('country', asCountry),
      place: latitude === undefined || longitude === undefined ? undefined : { latitude, longitude },
    }
    return {
      id: cells.readIfGiven('transaction_id', asId),
      customer,
      label: cells.readIfGiven('label', asText) ?? null,
      swipe: Object.assign(swipe, Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined))),
    }
  },
}

const notWithoutLatitude: Read<number> = () => {
  throw new NotA('empty where the latitude is')
}

function numberOf(customer: number | undefined, cells: Cells): string {
  return customer === undefined ? cells.read('card_number', asCardNumber) : cardNumber(TEST_BINS.csv, customer)
}

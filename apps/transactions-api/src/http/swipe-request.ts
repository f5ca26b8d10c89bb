import type { EntryMode } from '@swipestream/contracts'
import { z } from 'zod'
import { cardNumberPattern, holdsCardNumber, parseCardNumber, type CardNumber } from '../domain/card-number.js'
import { countries } from '../domain/countries.js'
import { currencies } from '@swipestream/contracts/money'
import type { Swipe } from '../domain/swipe.js'
import { says, text } from './texts.js'

const entryModes = ['chip', 'contactless', 'magnetic_stripe', 'manual', 'ecommerce', 'unknown'] as const satisfies readonly EntryMode[]

const degrees = (limit: number) => {
  const rule = says(`must be a number of degrees from -${limit} to ${limit}`)
  return z.number(rule).min(-limit, rule).max(limit, rule)
}

const minorUnits = says('must be a whole number of minor units, 1 to 9007199254740991, as a JSON number')
const cardNumber = says('must be a card number: 12 to 19 digits with a right check digit (Luhn); blanks and dashes may stand between them')
const category = says('must be 4 digits (ISO 18245)')
const instant = says('must be a time of 2000 or later, ISO 8601 with Z or an offset, such as 2026-01-31T12:34:56.789+01:00')

/** Nothing that cards were used for is older: what is, is a clock that was never set. */
const earliest = Date.UTC(2000)

/** The body of `POST /v1/transactions`, all that can be said of it without a clock; read as a `Swipe`. */
export const swipeRequest = z
  .strictObject(
    {
      card_number: z
        .string(cardNumber)
        .max(64, cardNumber)
        .regex(cardNumberPattern, cardNumber)
        .refine((digits) => parseCardNumber(digits) !== undefined, cardNumber)
        .transform((digits) => parseCardNumber(digits) as CardNumber)
        .meta({
          description: 'Card number, 12 to 19 digits with a right check digit (Luhn). Used to make `card_id`, then forgotten.',
          example: '4111 1111 1111 1111',
        }),
      amount_minor: z
        .int(minorUnits)
        .min(1, minorUnits)
        .meta({ description: 'Amount in minor units of `currency`: cents for EUR, yen for JPY.', example: 1250 }),
      currency: z
        .enum(currencies, says('must be a current currency code (ISO 4217), upper case'))
        .meta({ description: 'ISO 4217 alphabetic code.', example: 'EUR' }),
      merchant_id: text(64).meta({ description: "The acquirer's id of the merchant.", example: 'M-20417' }),
      merchant_name: text(200).optional().meta({ description: 'Name of the merchant as on the statement.', example: 'Café Central' }),
      merchant_category: z
        .string(category)
        .regex(/^[0-9]{4}$/, category)
        .optional()
        .meta({ description: 'Merchant category code (ISO 18245).', example: '5812' }),
      terminal_id: text(64).optional().meta({ description: "The acquirer's id of the terminal.", example: 'T-7' }),
      entry_mode: z
        .enum(entryModes, says(`must be one of ${entryModes.join(', ')}`))
        .optional()
        .meta({ description: 'How the card was read. Left out: unknown.', example: 'chip' }),
      place: z
        .strictObject({ latitude: degrees(90), longitude: degrees(180) }, says('must be an object of latitude and longitude'))
        .optional()
        .meta({ description: 'Where the terminal stands, WGS 84 degrees.', example: { latitude: 48.2104, longitude: 16.3655 } }),
      country: z
        .enum(countries, says('must be a country code (ISO 3166-1 alpha-2), upper case'))
        .optional()
        .meta({ description: 'Where the card was used, ISO 3166-1 alpha-2.', example: 'AT' }),
      occurred_at: z.iso
        .datetime({ offset: true, ...instant })
        .max(40, instant)
        .refine((time) => Date.parse(time) >= earliest, instant)
        .transform((time) => Date.parse(time))
        .optional()
        .meta({
          description: 'When the card was used, by the clock of the terminal. Left out: now. Refused when too far in the future, or before 2000.',
          example: '2026-01-31T12:34:56.789+01:00',
        }),
    },
    { error: 'must be a JSON object' },
  )
  .superRefine((swipe, context) => {
    // Terminals' software does this: then the number would be stored and published after all. (Where the number itself
    // is wrong, zod goes on with what was sent.)
    const number = parseCardNumber(swipe.card_number)
    if (number === undefined) return
    for (const field of ['merchant_id', 'merchant_name', 'terminal_id'] as const) {
      const value = swipe[field]
      if (value !== undefined && holdsCardNumber(value, number)) {
        context.addIssue({ code: 'custom', path: [field], message: 'holds the card number, which must stand in card_number only' })
      }
    }
  }) satisfies z.ZodType<Swipe>

import { fullSwipe, leastSwipe, otherTestCard, testCard } from './example-swipe.js'

/** A request to `POST /v1/transactions` that must be refused, and how. Test data. */
export interface BadRequest {
  readonly what: string
  /** The body: an object is sent as JSON, a text as it is. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly code: string
  /** Every field that must be named, and no other. */
  readonly fields?: readonly string[]
}

const longAgo = '1969-12-31T23:59:59Z'
const raw = (json: string): string => JSON.stringify(fullSwipe).replace('"amount_minor":1250', json)

/** One field of a swipe with a value it cannot have. */
const wrong = (what: string, field: string, value: unknown, fields: readonly string[] = [field]): BadRequest => ({
  what,
  body: { ...fullSwipe, [field]: value },
  status: 422,
  code: 'SWIPE_INVALID',
  fields,
})

const missing = (field: keyof typeof fullSwipe): BadRequest => {
  const { [field]: _, ...rest } = fullSwipe
  return { what: `no ${field}`, body: rest, status: 422, code: 'SWIPE_INVALID', fields: [field] }
}

const unreadable: readonly BadRequest[] = [
  { what: 'no JSON', body: '{"card_number": 4111111111111111', status: 400, code: 'INVALID_JSON' },
  { what: 'JSON broken just behind a card number', body: `{"card_number": "${testCard}" oops}`, status: 400, code: 'INVALID_JSON' },
  { what: 'NaN, which JSON has no word for', body: raw('"amount_minor":NaN'), status: 400, code: 'INVALID_JSON' },
  { what: 'a control character in a JSON text', body: raw('"merchant_name":"a\u0007b"'), status: 400, code: 'INVALID_JSON' },
  { what: 'an empty body', body: '', status: 400, code: 'INVALID_JSON' },
  { what: 'a body that sets a prototype', body: raw('"__proto__":{"currency":"EUR"}'), status: 400, code: 'INVALID_JSON' },
  { what: 'a form', body: `card_number=${testCard}`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { what: 'plain text', body: JSON.stringify(fullSwipe), headers: { 'content-type': 'text/plain' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { what: 'XML', body: '<swipe/>', headers: { 'content-type': 'application/xml' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { what: 'no word of what it is', body: JSON.stringify(fullSwipe), headers: { 'content-type': '' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { what: 'a body of 10 MB', body: { ...fullSwipe, merchant_name: 'x'.repeat(10_000_000) }, status: 413, code: 'BODY_TOO_LARGE' },
  { what: 'a body a little above the limit', body: { ...fullSwipe, merchant_name: 'x'.repeat(65_536) }, status: 413, code: 'BODY_TOO_LARGE' },
]

const notObjects: readonly BadRequest[] = ['null', '[]', '"swipe"', '7', 'true', `[${JSON.stringify(fullSwipe)}]`].map((body) => ({
  what: `no object, but ${body.slice(0, 10)}`,
  body,
  status: 422,
  code: 'SWIPE_INVALID',
  fields: ['body'],
}))

const cardNumbers = [
  wrong('a card number that fails Luhn', 'card_number', '4111111111111112'),
  wrong('a card number of 11 digits', 'card_number', '42222222222'),
  wrong('a card number of 20 digits', 'card_number', '62055000000000000045'),
  wrong('a card number that is a number', 'card_number', 4111111111111111),
  wrong('a card number with a letter', 'card_number', '4111x11111111111'),
  wrong('a card number with dots', 'card_number', '4111.1111.1111.1111'),
  wrong('a card number among 60 kB of blanks', 'card_number', ' '.repeat(60_000) + testCard),
  wrong('an empty card number', 'card_number', ''),
  wrong('no card number, but null', 'card_number', null),
]

const amounts = [-1, 0, 12.5, 0.1, 9007199254740992, 1e21, '1250', '12.50', true, null, [1250], {}].map((amount) =>
  wrong(`an amount of ${JSON.stringify(amount)}`, 'amount_minor', amount),
)

const currencies = ['eur', 'EURO', 'EU', '', 'XYZ', 'BGN', 'XXX', 'XAU', 978, null, 'EUR ', 'toString'].map((currency) =>
  wrong(`a currency of ${JSON.stringify(currency)}`, 'currency', currency),
)

const places = [
  wrong('a latitude above 90', 'place', { latitude: 90.0001, longitude: 0 }, ['place.latitude']),
  wrong('a latitude below -90', 'place', { latitude: -91, longitude: 0 }, ['place.latitude']),
  wrong('a longitude above 180', 'place', { latitude: 0, longitude: 180.5 }, ['place.longitude']),
  wrong('a longitude below -180', 'place', { latitude: 0, longitude: -181 }, ['place.longitude']),
  wrong('coordinates that are texts', 'place', { latitude: '48.2', longitude: '16.3' }, ['place.latitude', 'place.longitude']),
  wrong('coordinates that are null, as NaN is in JSON', 'place', { latitude: Number.NaN, longitude: Number.NaN }, ['place.latitude', 'place.longitude']),
  wrong('half a place', 'place', { latitude: 48.2 }, ['place.longitude']),
  wrong('a place with more to it', 'place', { latitude: 48.2, longitude: 16.3, altitude: 151 }, ['place.altitude']),
  wrong('a place that is a list', 'place', [48.2, 16.3]),
  wrong('a place that is null', 'place', null),
  { what: 'a longitude beyond all numbers', body: JSON.stringify(fullSwipe).replace('16.3655', '1e999'), status: 422, code: 'SWIPE_INVALID', fields: ['place.longitude'] },
]

const times = [
  wrong('a time an hour ahead', 'occurred_at', new Date(Date.now() + 3_600_000).toISOString()),
  wrong('a time in the far future', 'occurred_at', '9999-12-31T23:59:59Z'),
  wrong('a time without offset', 'occurred_at', '2026-01-31T12:34:56'),
  wrong('a date', 'occurred_at', '2026-01-31'),
  wrong('a day that there is not', 'occurred_at', '2026-02-30T12:00:00Z'),
  wrong('an hour that there is not', 'occurred_at', '2026-01-31T25:00:00Z'),
  wrong('a time in words', 'occurred_at', 'yesterday'),
  wrong('an empty time', 'occurred_at', ''),
  wrong('a time as a number', 'occurred_at', 1769859296),
  wrong('a time before 1970', 'occurred_at', longAgo),
  wrong('a time of a clock that was never set', 'occurred_at', '1999-12-31T23:59:59Z'),
  wrong('a time in another notation', 'occurred_at', 'Sat, 31 Jan 2026 12:34:56 GMT'),
]

const texts = [
  wrong('a merchant without name of itself', 'merchant_id', ''),
  wrong('a merchant id of blanks', 'merchant_id', '   '),
  wrong('a merchant id that is too long', 'merchant_id', 'x'.repeat(65)),
  wrong('a merchant id that is a number', 'merchant_id', 20417),
  wrong('a merchant name that is too long', 'merchant_name', 'x'.repeat(201)),
  wrong('NUL in a text', 'merchant_name', 'a\u0000b'),
  wrong('a line feed in a text', 'merchant_id', 'a\nb'),
  wrong('a control character of Latin-1 in a text', 'terminal_id', 'a\u0085b'),
  wrong('half a surrogate pair in a text', 'merchant_name', 'a\ud800b'),
  wrong('the other half at the end of a text', 'merchant_name', 'a\udc00'),
  wrong('a merchant name that is null', 'merchant_name', null),
  wrong('the card number in another field', 'merchant_name', `card ${testCard}`),
  wrong('the card number in another field, written with dashes', 'terminal_id', '4111-1111-1111-1111'),
  wrong('a category of 3 digits', 'merchant_category', '581'),
  wrong('a category of 5 digits', 'merchant_category', '58122'),
  wrong('a category that is a number', 'merchant_category', 5812),
  wrong('a category of other digits', 'merchant_category', '٥٨١٢'),
  wrong('an entry mode that there is not', 'entry_mode', 'telepathy'),
  wrong('an entry mode that every object has', 'entry_mode', 'constructor'),
  wrong('a country that there is not', 'country', 'XX'),
  wrong('a country in lower case', 'country', 'at'),
  wrong('a country of three letters', 'country', 'AUT'),
]

const fields: readonly BadRequest[] = [
  missing('card_number'),
  missing('amount_minor'),
  missing('currency'),
  missing('merchant_id'),
  { what: 'nothing in it', body: {}, status: 422, code: 'SWIPE_INVALID', fields: ['card_number', 'amount_minor', 'currency', 'merchant_id'] },
  { what: 'a field that there is not', body: { ...leastSwipe, amount: 12 }, status: 422, code: 'SWIPE_INVALID', fields: ['amount'] },
  { what: 'a field that every object has', body: { ...leastSwipe, toString: 'x' }, status: 422, code: 'SWIPE_INVALID', fields: ['toString'] },
  { what: 'a card number for a name', body: { ...leastSwipe, [otherTestCard]: 1 }, status: 422, code: 'SWIPE_INVALID', fields: ['body'] },
  { what: 'a card number within a name', body: { ...leastSwipe, [`card_${otherTestCard}`]: 1 }, status: 422, code: 'SWIPE_INVALID', fields: ['body'] },
  {
    what: 'many things wrong at once',
    body: { card_number: '4111111111111112', amount_minor: -1, currency: 'XYZ', place: { latitude: 91, longitude: 'x' }, country: 'XX', occurred_at: 'now', extra: 1 },
    status: 422,
    code: 'SWIPE_INVALID',
    fields: ['card_number', 'amount_minor', 'currency', 'merchant_id', 'place.latitude', 'place.longitude', 'country', 'occurred_at', 'extra'],
  },
]

const keys: readonly BadRequest[] = [
  ['an empty key', ''],
  ['a key of 256 characters', 'k'.repeat(256)],
  ['a key that is not ASCII', 'schlüssel'],
  ['a key with a tab', 'a\tb'],
  ['the card number as key', testCard],
  ['the card number within the key', '2026-4111-1111-1111-1111'],
].map(([what = '', key = '']) => ({
  what,
  body: fullSwipe,
  headers: { 'idempotency-key': key },
  status: 422,
  code: 'SWIPE_INVALID',
  fields: ['header.Idempotency-Key'],
}))

/** Everything that must not get in. */
export const badRequests: readonly BadRequest[] = [
  ...unreadable,
  ...notObjects,
  ...cardNumbers,
  ...amounts,
  ...currencies,
  ...places,
  ...times,
  ...texts,
  ...fields,
  ...keys,
]

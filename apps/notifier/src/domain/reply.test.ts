import { describe, expect, it } from 'vitest'
import { type AskedQuestion, matchQuestion, readReply } from './reply.js'

const yes = { says: 'yes', code: null }
const no = { says: 'no', code: null }
const stop = { says: 'stop' }
const start = { says: 'start' }
const unclear = { says: 'unclear' }

describe('an SMS of a customer', () => {
  it.each([
    ['YES', yes], ['yes', yes], ['Y', yes], ['Ja', yes], ['j', yes], ['Oui', yes], ['o', yes], ['SI', yes], ['sí', yes], ['SÍ', yes], ['s', yes],
    ['NO', no], ['no', no], ['N', no], ['Nein', no], ['NON', no],
    [' No. ', no], ['"No!!!"', no], ['\n¡NO!\t', no], ['¿sí?', yes], ['Ｙｅｓ', yes], ['(yes)', yes], ['\u200Eyes\uFEFF', yes], ['si\u0301', yes], ['Nein…', no],
  ])('that says %j is an answer', (body, reply) => {
    expect(readReply(body)).toEqual(reply)
  })

  it.each([
    ['NO 12', 'no', '12'], ['12 NO', 'no', '12'], ['no12', 'no', '12'], ['12no', 'no', '12'], ['No, 07.', 'no', '07'], ['07: yes', 'yes', '07'],
    ['JA #42', 'yes', '42'], ['sí-42', 'yes', '42'], ['yes (42)', 'yes', '42'], ['YES ４２', 'yes', '42'],
  ])('that says %j names its question', (body, says, code) => {
    expect(readReply(body)).toEqual({ says, code })
  })

  it.each([
    'No problem, it was me', 'no no', 'yes no', 'Yes please', 'no thanks', 'N.O.', 'nope', 'know', 'NOT ME', 'yesterday',
    'NO 1', 'NO 123', 'NO 12 34', '12', '12 12', '1 NO 2', 'NO12NO', '', '   ', '…', '👍', '👎', 'yes 👍', 'no 👎', '+1 yes', 'yes/no',
    'who is this?', 'ｎｏ ｐｒｏｂｌｅｍ', 'да', 'はい', '\0', 'no\u0000', '__proto__', 'constructor', 'toString',
  ])('that says %j is unclear', (body) => {
    expect(readReply(body)).toEqual(unclear)
  })

  it.each(['STOP', 'stop', 'Stop.', 'STOPALL', 'unsubscribe', 'Cancel', 'END', 'quit', 'Stopp!', 'ARRET', 'Arrêt', 'alto', 'PARAR'])('that says %j wants no more', (body) => {
    expect(readReply(body)).toEqual(stop)
  })

  it.each(['START', 'start', 'Unstop'])('that says %j wants them again', (body) => {
    expect(readReply(body)).toEqual(start)
  })

  it.each(['STOP 12', 'please stop', 'start 12', "don't stop"])('that says %j is unclear', (body) => {
    expect(readReply(body)).toEqual(unclear)
  })

  it.each([
    ['anything', 'STOP', stop], ['yes', 'STOP', stop], ['anything', 'START', start], ['YES', 'START', yes], ['yes 12', 'START', { says: 'yes', code: '12' }],
    ['START', 'START', start], ['Help', 'HELP', { says: 'help' }], ['yes', '', yes], ['no', 'other', no],
  ])('that says %j and is %s to Twilio', (body, optOutType, reply) => {
    expect(readReply(body, optOutType)).toEqual(reply)
  })
})

describe('the question that an answer is to', () => {
  const question = (name: string, code: string | null, state: AskedQuestion['state'] = 'open'): AskedQuestion => ({
    alert_id: name, code, state, verdict: state === 'answered' ? 'legitimate' : null,
  })
  const plain = question('plain', null)
  const first = question('first', '12')
  const second = question('second', '34')
  const answered = question('answered', null, 'answered')
  const expired = question('expired', '12', 'expired')

  it.each([
    ['the one without a code', null, [first, plain, second], 'plain'],
    ['the only one, though it has a code', null, [first], 'first'],
    ['the only open one', null, [answered, expired, second], 'second'],
    ['that of the code', '12', [second, first, plain], 'first'],
    ['the open one of the code', '12', [expired, first], 'first'],
    ['the expired one of the code', '12', [plain, expired], 'expired'],
    ['the newest, when nothing is open', null, [answered, expired], 'answered'],
  ])('is %s', (_what, code, asked, name) => {
    expect(matchQuestion(code, asked)).toEqual({ match: 'one', question: expect.objectContaining({ alert_id: name }) })
  })

  it.each([
    ['asks for the code when there are several', null, [first, second], 'several'],
    ['is not known by a code that no question has', '99', [plain, first], 'unknown_code'],
    ['is none when the number was asked nothing', null, [], 'none'],
    ['is none when the number was asked nothing, whatever the code', '12', [], 'none'],
  ])('%s', (_what, code, asked, match) => {
    expect(matchQuestion(code, asked)).toEqual({ match })
  })
})

import { expect, it } from 'vitest'
import { simulatorConfig } from './config.js'

const account = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'secret' }

it('needs no more than an account', () => {
  expect(simulatorConfig(account)).toMatchObject({ host: '127.0.0.1', port: 4010, accountSid: account.TWILIO_ACCOUNT_SID, authToken: 'secret' })
})

it('names every variable that is wrong, and no secret', () => {
  const wrong = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'two words', HTTP_PORT: 'x', TWILIO_SIMULATOR_INBOUND_URL: 'ftp://x' }
  expect(() => simulatorConfig(wrong)).toThrow(/TWILIO_SIMULATOR_INBOUND_URL: must be[^]*HTTP_PORT: must be[^]*TWILIO_ACCOUNT_SID: must be[^]*TWILIO_AUTH_TOKEN: must be/)
  expect(() => simulatorConfig(wrong)).not.toThrow(/two words/)
})

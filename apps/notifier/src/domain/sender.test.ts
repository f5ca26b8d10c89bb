import { describe, expect, it } from 'vitest'
import { parseSender } from './sender.js'

describe('the sender of e-mails', () => {
  it.each([
    ['Swipestream <alerts@swipestream.example>', 'Swipestream', 'alerts@swipestream.example'],
    ['"Your Bank, Alerts" <a@bank.example>', 'Your Bank, Alerts', 'a@bank.example'],
    ['a@bank.example', '', 'a@bank.example'],
    [' <a@bank.example> ', '', 'a@bank.example'],
  ])('%s is %j at %s', (text, name, address) => {
    expect(parseSender(text)).toEqual({ name, address })
  })

  it.each(['', 'Your Bank', 'Bank <>', 'Bank <a>', 'a@x.example, b@x.example', 'A <a@x.example> B <b@x.example>', 'A <a@x.example\r\nBcc: b@x.example>'])(
    'is not %j',
    (text) => {
      expect(parseSender(text)).toBeUndefined()
    },
  )
})

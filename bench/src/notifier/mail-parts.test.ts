import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { partsOf } from './mail-parts.js'

const sourceOf = async (text: string, html: string): Promise<string> => {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message } = await transport.sendMail({ from: 'a@bank.example', to: 'b@customers.example', subject: 'x', text, html })
  return String(message)
}

describe('the parts of an e-mail', () => {
  it.each([
    ['plain ASCII', 'Hello,\n\nwe declined a payment.\n', '<p>We declined a payment.</p>\n'],
    ['long lines and signs that are escaped', `${'=a= '.repeat(60)}\n`, `<p style="color:#222">${'x'.repeat(200)}</p>\n`],
    ['letters of more than a byte', 'Bäckerei Gruber: 5,00 €\n', '<p>Bäckerei Gruber: 5,00 €</p>\n'],
    ['hardly anything in ASCII', 'Καλημέρα κόσμε, τι κάνεις;\n', '<p>Καλημέρα κόσμε, τι κάνεις;</p>\n'],
  ])('are as they were given: %s', async (_, text, html) => {
    expect(partsOf(await sourceOf(text, html))).toEqual({ text, html })
  })

  it('are not there in any other message', () => {
    expect(() => partsOf('Content-Type: text/plain\r\n\r\nhello')).toThrow('has not a text and an HTML part')
  })
})

/** What an e-mail says, of text and of HTML. */
export interface MailParts {
  readonly text: string
  readonly html: string
}

/** The two parts of a `multipart/alternative` message (RFC 2046) as it comes over SMTP. @throws Error when it is none */
export function partsOf(source: string): MailParts {
  const [, boundary] = /^content-type:\s*multipart\/alternative;\s*boundary="?([^"\r\n;]+)"?/im.exec(source) ?? []
  const parts = boundary === undefined ? [] : source.split(`--${boundary}`)
  const [text, html] = ['plain', 'html'].map((type) => parts.find((part) => new RegExp(`^content-type:\\s*text/${type}`, 'im').test(headOf(part))))
  if (text === undefined || html === undefined) throw new Error(`the message has not a text and an HTML part:\n${source.slice(0, 1_000)}`)
  return { text: bodyOf(text), html: bodyOf(html) }
}

const blankLine = '\r\n\r\n'

function headOf(part: string): string {
  return part.slice(0, part.indexOf(blankLine)).trimStart()
}

function bodyOf(part: string): string {
  const encoded = part.slice(part.indexOf(blankLine) + blankLine.length).replace(/\r\n$/, '')
  const [, encoding = '7bit'] = /^content-transfer-encoding:\s*(\S+)/im.exec(headOf(part)) ?? []
  return decoded(encoded, encoding.toLowerCase()).replaceAll('\r\n', '\n')
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body
  const bytes = body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
